using System.Globalization;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>Durations in milliseconds, sorted.</summary>
internal sealed class Distribution
{
    private readonly double[] _sorted;

    public Distribution(IEnumerable<double> milliseconds) => _sorted = [.. milliseconds.Order()];

    public double Max => _sorted[^1];

    /// <summary>The value that this share of all values (0 to 1) does not exceed.</summary>
    public double At(double share) => _sorted[(int)Math.Min(_sorted.Length - 1, share * _sorted.Length)];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"p50 {At(0.5):0.0} ms, p90 {At(0.9):0.0} ms, p99 {At(0.99):0.0} ms, max {Max:0.0} ms of {_sorted.Length}");
}
