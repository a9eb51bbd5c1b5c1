namespace NetMon.UnitTests.Layout;

/// <summary>One entry of a .BTF section; <paramref name="Details"/> is the offset of its members.</summary>
internal sealed record BtfType(string Name, int Kind, int Members, uint SizeOrType, bool Flag, int Details);
