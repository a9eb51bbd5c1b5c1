using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>The workloads of a row group's rows, until it is known which rows are of containers. Keeps its memory from use to use. One thread.</summary>
internal sealed class OwnerWorkloads
{
    private const int WorkloadBits = 24;
    private const int KindBits = 8;
    private const int Workload = 3;
    private const int Kind = 4;
    private const uint None = 0;

    private readonly NumberedTexts _workloads = new(WorkloadBits);
    private readonly NumberedTexts _kinds = new(KindBits);
    private uint[] _workloadOf = []; // and one
    private uint[] _kindOf = []; // and one
    private uint[] _unitOf = []; // by workload: its owner's number and one
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

    /// <summary>Takes the rows' workloads.</summary>
    public void Take(ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence)
    {
        _hasAny = indices.Length > 0;
        if (_hasAny)
        {
            _kindOf.AsSpan(0, _rows).Clear();
            Take(_workloads, _workloadOf.AsSpan(0, _rows), indices, texts, presence);
        }
    }

    /// <summary>Takes the kinds.</summary>
    public void TakeKinds(ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence)
    {
        if (_hasAny)
        {
            Take(_kinds, _kindOf.AsSpan(0, _rows), indices, texts, presence);
        }
    }

    /// <summary>Whether a row has one.</summary>
    public bool Has(int row) => _hasAny && _workloadOf[row] != None;

    /// <summary>The number of a row's unit among the owners.</summary>
    /// <param name="row">A row without a container, and with a workload.</param>
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

    /// <summary>Makes a row's workload one of its container's names.</summary>
    /// <param name="row">A row with a container and a workload.</param>
    /// <param name="container">The container's number.</param>
    /// <param name="names">Receives it.</param>
    /// <param name="count">How many containers there are.</param>
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

    /// <summary>Forgets the texts; keeps the memory.</summary>
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
