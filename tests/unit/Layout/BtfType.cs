namespace NetMon.UnitTests.Layout;

/// <summary>One entry of a .BTF section; <paramref name="Details"/> is where its members stand.</summary>
internal sealed record BtfType(string Name, int Kind, int Members, uint SizeOrType, bool Flag, int Details);
