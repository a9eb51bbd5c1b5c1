using Xunit;

namespace NetMon.UnitTests.Pipeline;

/// <summary>Runs when nothing else does: what the process allocates is the test's alone.</summary>
[CollectionDefinition(nameof(AllocationCollection), DisableParallelization = true)]
public sealed class AllocationCollection;
