namespace NetMon.UnitTests.Layout;

/// <summary>A struct of the compiled object.</summary>
internal sealed record BtfStruct(string Name, int Bytes, IReadOnlyList<BtfField> Fields);
