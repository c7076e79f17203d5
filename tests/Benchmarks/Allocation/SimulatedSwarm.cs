using Distribution.Silos.Edges.Rates;

namespace Distribution.Benchmarks.Allocation;

/// <summary>A swarm in the fluid model of Kumar and Ross, with peers that use only a part of their uplinks.</summary>
/// <param name="efficiency">The part of viewers' uplinks that they use for each other; nobody is told.</param>
internal sealed class SimulatedSwarm(double sizeBytes, double efficiency)
{
    public List<SimulatedViewer> Viewers { get; } = [];

    public double SizeBytes { get; } = sizeBytes;

    /// <summary>What the product's own estimate knows.</summary>
    public SwarmResponse Learned { get; private set; } = new();

    public double EdgeBytes { get; private set; }

    public double DeliveredBytes { get; private set; }

    private double Down => Viewers.Sum(static viewer => viewer.DownBytesPerSecond);

    private double Up => efficiency * Viewers.Sum(static viewer => viewer.UpBytesPerSecond);

    /// <summary>One round: what the edge may send, and what it makes of it.</summary>
    public void Run(double limit, double seconds, double now, Random random, List<double> times)
    {
        int viewers = Viewers.Count;
        double edge = Math.Min(limit, Down);
        double peers = Math.Min(Up, (viewers - 1) * edge);
        if (edge + peers > Down)
        {
            // The viewers' own links are full; they take from the edge and from each other alike.
            double scale = Down / (edge + peers);
            (edge, peers) = (edge * scale, peers * scale);
        }
        EdgeBytes += edge * seconds;
        DeliveredBytes += (edge + peers) * seconds;
        // Measured within a tenth.
        Learned.Observe(viewers, limit, edge, peers * (0.9 + 0.2 * random.NextDouble()));
        double each = (edge + peers) / Down;
        foreach (SimulatedViewer viewer in Viewers)
            viewer.HeldBytes += viewer.DownBytesPerSecond * each * seconds;
        times.AddRange(
            Viewers.Where(viewer => viewer.HeldBytes >= SizeBytes).Select(viewer => now + seconds - viewer.ArrivedAt)
        );
        Viewers.RemoveAll(viewer => viewer.HeldBytes >= SizeBytes);
        if (Viewers.Count == 0)
            Learned = new SwarmResponse();
    }

    public IReadOnlyList<ResponseSegment> TrueSegments()
    {
        int viewers = Viewers.Count;
        if (viewers == 1)
            return [new ResponseSegment(1, Down)];
        double bend = Math.Min(Up / (viewers - 1), Down / viewers);
        return [new ResponseSegment(viewers, bend), new ResponseSegment(1, Math.Max(0, Down - viewers * bend))];
    }
}
