using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// The agent sees the whole machine: tests run one after the other.
[assembly: Parallelization(Mode = ParallelMode.None)]
