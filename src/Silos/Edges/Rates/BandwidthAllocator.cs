namespace Distribution.Silos.Edges.Rates;

/// <summary>
/// Divides an uplink among swarms so that the most bytes reach viewers: responses are concave, so that to give where the next byte
/// brings most is best. A part of it is divided evenly all the same, so that the last viewer of a small swarm goes on too.
/// </summary>
public static class BandwidthAllocator
{
    /// <summary>Of the uplink, divided evenly before anything else.</summary>
    public const double EvenPart = 0.2;

    /// <summary>Of the uplink each swarm gets its part, in bytes a second; together they are all of it.</summary>
    /// <param name="responses">Of each swarm the stretches, the one that brings most first.</param>
    public static double[] Divide(
        double capacityBytesPerSecond,
        IReadOnlyList<IReadOnlyList<ResponseSegment>> responses
    )
    {
        var parts = new double[responses.Count];
        if (parts.Length == 0)
            return parts;
        double even = capacityBytesPerSecond * EvenPart / parts.Length;
        Array.Fill(parts, even);
        double left = capacityBytesPerSecond - even * parts.Length;
        var wanted = new List<(double Benefit, int Swarm, double Bytes)>();
        for (int swarm = 0; swarm < parts.Length; swarm++)
        {
            double covered = even;
            foreach (ResponseSegment segment in responses[swarm])
            {
                double rest = Math.Max(0, segment.BytesPerSecond - covered);
                covered = Math.Max(0, covered - segment.BytesPerSecond);
                if (rest > 0)
                    wanted.Add((segment.Benefit, swarm, rest));
            }
        }
        foreach (
            IGrouping<double, (double Benefit, int Swarm, double Bytes)> level in wanted
                .GroupBy(static one => one.Benefit)
                .OrderByDescending(static level => level.Key)
        )
        {
            // Of the same benefit each gets the same part of what it could use.
            double all = level.Sum(static one => one.Bytes);
            double given = Math.Min(left, all);
            foreach ((_, int swarm, double bytes) in level)
                parts[swarm] += given * bytes / all;
            left -= given;
        }
        // What nobody is known to use is there for whoever would.
        for (int swarm = 0; swarm < parts.Length; swarm++)
            parts[swarm] += left / parts.Length;
        return parts;
    }
}
