using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>The workloads of a row group's rows, kept until the rows of containers are known. Memory is reused. Not thread-safe.</summary>
internal sealed class OwnerWorkloads
{
    private const int WorkloadBits = 24;
    private const int KindBits = 8;
    private const int Workload = 3;
    private const int Kind = 4;
    private const uint None = 0;

    private readonly NumberedTexts _workloads = new(WorkloadBits);
    private readonly NumberedTexts _kinds = new(KindBits);
    private uint[] _workloadOf = []; // index + 1
    private uint[] _kindOf = []; // index + 1
    private uint[] _unitOf = []; // by workload: number of its owner + 1
    private int _rows;
    private bool _hasAny;

    /// <summary>Begins a row group.</summary>
    public void Begin(int rows)
    {
        if (_workloadOf.Length < rows)
        {
            (_workloadOf, _kindOf) = (new uint[rows], new uint[rows]);
        }

        (_rows, _hasAny) = (rows, false);
    }

    /// <summary>Adds the rows' workloads.</summary>
    public void Take(ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence)
    {
        _hasAny = indices.Length > 0;
        if (_hasAny)
        {
            _kindOf.AsSpan(0, _rows).Clear();
            Take(_workloads, _workloadOf.AsSpan(0, _rows), indices, texts, presence);
        }
    }

    /// <summary>Adds the kinds of workloads.</summary>
    public void TakeKinds(ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence)
    {
        if (_hasAny)
        {
            Take(_kinds, _kindOf.AsSpan(0, _rows), indices, texts, presence);
        }
    }

    /// <summary>Whether a row has a workload.</summary>
    public bool Has(int row) => _hasAny && _workloadOf[row] != None;

    /// <summary>Returns the number of a row's systemd unit among the owners.</summary>
    /// <param name="row">A row with a workload but no container.</param>
    /// <param name="owners">Containers and units.</param>
    public uint UnitOf(int row, NumberedTexts owners)
    {
        var workload = (int)_workloadOf[row] - 1;
        if (_unitOf.Length <= workload)
        {
            Array.Resize(ref _unitOf, Math.Max(2 * _unitOf.Length, workload + 1));
        }

        if (_unitOf[workload] == None)
        {
            byte[] owner = [RollupKey.OfUnit, .. _workloads[(uint)workload]];
            _unitOf[workload] = owners.NumberOf(owner) + 1;
        }

        return _unitOf[workload] - 1;
    }

    /// <summary>Adds a row's workload to the names of its container.</summary>
    /// <param name="row">A row with a container and a workload.</param>
    /// <param name="container">The container's number.</param>
    /// <param name="names">Receives the workload.</param>
    /// <param name="count">The number of containers.</param>
    public void Give(int row, uint container, ContainerNames names, int count)
    {
        if (names.Lacks(Workload, container, count))
        {
            names.Set(Workload, container, _workloads[_workloadOf[row] - 1]);
            if (_kindOf[row] != None && names.Lacks(Kind, container, count))
            {
                names.Set(Kind, container, _kinds[_kindOf[row] - 1]);
            }
        }
    }

    /// <summary>Removes the texts; keeps the memory.</summary>
    public void Clear()
    {
        _workloads.Clear();
        _kinds.Clear();
        Array.Clear(_unitOf);
    }

    private static void Take(NumberedTexts texts, Span<uint> ofRows, ReadOnlySpan<uint> indices, PlainTexts from, Presence? presence)
    {
        ofRows.Clear();
        var numbers = texts.NumbersOf(from);
        for (var n = 0; n < indices.Length; n++)
        {
            ofRows[presence is null ? n : presence.Rows[n]] = numbers[(int)indices[n]] + 1;
        }
    }
}
