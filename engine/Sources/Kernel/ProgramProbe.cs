namespace NetMon.Sources.Kernel;

/// <summary>What this kernel said to one program.</summary>
/// <param name="Program">Its name in the object.</param>
/// <param name="Hook">Where it hooks in.</param>
/// <param name="Loads">The verifier took it.</param>
/// <param name="Attaches">The hook took it.</param>
/// <param name="VerifiedInstructions">Instructions that the verifier went through; 0 before 5.16, which does not say it.</param>
/// <param name="WhyNot">The failure in words, or empty.</param>
/// <param name="Detail">libbpf's and the verifier's last lines, or empty.</param>
/// <param name="Errno">The failure's errno, or 0.</param>
public sealed record ProgramProbe(string Program, string Hook, bool Loads, bool Attaches, uint VerifiedInstructions, string WhyNot, string Detail, int Errno);
