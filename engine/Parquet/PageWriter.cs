using System.Buffers;
using System.Buffers.Binary;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace NetMon.Parquet;

/// <summary>Compresses pages and writes them with their headers. Memory is reused. Not thread-safe.</summary>
internal sealed class PageWriter : IDisposable
{
    /// <summary>The Zstandard level. Its default, 3, adds a fifth to a row group's CPU time for files that are half a percent smaller.</summary>
    private const int Level = 1;

    private readonly Compressor _compressor = NewCompressor();
    private readonly CompactThrift _header = new();
    private readonly ArrayBufferWriter<byte> _page = new();
    private byte[] _compressed = [];

    /// <summary>Bytes written since <see cref="Begin"/>, including headers: before and after compression.</summary>
    public (long Uncompressed, long Compressed) Written { get; private set; }

    /// <summary>Begins a column chunk.</summary>
    public void Begin() => Written = default;

    /// <summary>Begins a page, with an empty body except for the definition levels of nullable columns.</summary>
    public ArrayBufferWriter<byte> NewPage(Presence? presence = null)
    {
        _page.ResetWrittenCount();
        if (presence is not null)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_page.GetSpan(sizeof(int)), presence.Levels.Length);
            _page.Advance(sizeof(int));
            _page.Write(presence.Levels);
        }

        return _page;
    }

    /// <summary>Writes the page as a dictionary page.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void WriteDictionary(BufferedFile stream, int values)
    {
        var length = Compress(Format.DictionaryPage);
        _header.Struct(7);
        _header.Int32(1, values);
        _header.Int32(2, Format.Plain);
        _header.End();
        Write(stream, length);
    }

    /// <summary>Writes the page as a data page.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="rows">Number of values, including nulls.</param>
    /// <param name="encoding">The encoding of the values.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void WriteData(BufferedFile stream, int rows, int encoding)
    {
        var length = Compress(Format.DataPage);
        _header.Struct(5);
        _header.Int32(1, rows);
        _header.Int32(2, encoding);
        _header.Int32(3, Format.Rle);
        _header.Int32(4, Format.Rle);
        _header.End();
        Write(stream, length);
    }

    public void Dispose() => _compressor.Dispose();

    /// <summary>Enables the four-byte checksum of each frame, by which every reader's decompressor detects changed bits.</summary>
    private static Compressor NewCompressor()
    {
        var compressor = new Compressor(Level);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return compressor;
    }

    /// <summary>Compresses the page and begins its header; returns the compressed length.</summary>
    private int Compress(int type)
    {
        var most = Compressor.GetCompressBound(_page.WrittenCount);
        if (_compressed.Length < most)
        {
            _compressed = new byte[most];
        }

        var length = _compressor.Wrap(_page.WrittenSpan, _compressed);
        _header.Clear();
        _header.Int32(1, type);
        _header.Int32(2, _page.WrittenCount);
        _header.Int32(3, length);
        return length;
    }

    private void Write(BufferedFile stream, int length)
    {
        _header.End();
        stream.Write(_header.Written);
        stream.Write(_compressed.AsSpan(0, length));
        var header = _header.Written.Length;
        Written = (Written.Uncompressed + header + _page.WrittenCount, Written.Compressed + header + length);
    }
}
