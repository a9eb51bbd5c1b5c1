using Xunit;

namespace NetMon.UnitTests.Pipeline;

/// <summary>Runs alone, so that all allocations of the process are the test's own.</summary>
[CollectionDefinition(nameof(AllocationCollection), DisableParallelization = true)]
public sealed class AllocationCollection;
