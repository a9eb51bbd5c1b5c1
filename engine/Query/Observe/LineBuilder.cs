using System.Buffers;
using System.Text;
using NetMon.Query.Printing;

namespace NetMon.Query.Observe;

/// <summary>Builds a line of cells separated by spaces. Not thread-safe; reused for every line.</summary>
/// <param name="isColoured">Whether to write colours.</param>
internal sealed class LineBuilder(bool isColoured)
{
    private readonly StringBuilder _line = new();
    private int _missing;

    /// <summary>Adds a cell. Trailing spaces are only written if another cell follows.</summary>
    /// <param name="shown">A text that is safe for a terminal.</param>
    /// <param name="width">The minimum width of the cell.</param>
    /// <param name="ink">The colour.</param>
    /// <param name="right">Whether to align right.</param>
    public void Add(string shown, int width, Ink ink = Ink.None, bool right = false)
    {
        var rest = Math.Max(0, width - TerminalText.Width(shown));
        if (shown.Length == 0)
        {
            _missing += rest + 1;
            return;
        }

        _line.Append(' ', _missing + (right ? rest : 0));
        _missing = 1 + (right ? 0 : rest);
        if (isColoured && ink != Ink.None)
        {
            _line.Append("\u001b[").Append((int)ink).Append('m').Append(shown).Append("\u001b[0m");
        }
        else
        {
            _line.Append(shown);
        }
    }

    /// <summary>Writes the line with its newline, and starts the next.</summary>
    public void End(IBufferWriter<byte> to)
    {
        _line.Append('\n');
        foreach (var chunk in _line.GetChunks())
        {
            Encoding.UTF8.GetBytes(chunk.Span, to);
        }

        _line.Clear();
        _missing = 0;
    }
}
