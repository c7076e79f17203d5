namespace Distribution.Benchmarks.Allocation;

internal sealed class SimulatedViewer(double arrivedAt, double downBytesPerSecond, double upBytesPerSecond)
{
    public double ArrivedAt { get; } = arrivedAt;

    public double DownBytesPerSecond { get; } = downBytesPerSecond;

    public double UpBytesPerSecond { get; } = upBytesPerSecond;

    public double HeldBytes { get; set; }
}
