namespace NetMon.UnitTests.Layout;

/// <summary>A field of a struct of the compiled object.</summary>
internal sealed record BtfField(string Name, int Offset, int Bytes);
