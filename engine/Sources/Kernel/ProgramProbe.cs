namespace NetMon.Sources.Kernel;

/// <summary>The result of trying a program on this kernel.</summary>
/// <param name="Program">Its name in the object.</param>
/// <param name="Hook">Its hook.</param>
/// <param name="Loads">Whether the verifier accepted it.</param>
/// <param name="Attaches">Whether the hook accepted it.</param>
/// <param name="VerifiedInstructions">Instructions that the verifier processed; 0 before 5.16, which does not report it.</param>
/// <param name="WhyNot">The reason for the failure, or empty.</param>
/// <param name="Detail">The last lines logged by libbpf and the verifier, or empty.</param>
/// <param name="Errno">The failure's errno, or 0.</param>
public sealed record ProgramProbe(string Program, string Hook, bool Loads, bool Attaches, uint VerifiedInstructions, string WhyNot, string Detail, int Errno);
