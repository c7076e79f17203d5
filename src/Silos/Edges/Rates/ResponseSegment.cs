namespace Distribution.Silos.Edges.Rates;

/// <summary>A stretch of a swarm's response: each byte that an edge sends on it brings so many to viewers.</summary>
/// <param name="Benefit">Bytes that reach viewers, per byte of the edge's.</param>
/// <param name="BytesPerSecond">How long the stretch is.</param>
public readonly record struct ResponseSegment(double Benefit, double BytesPerSecond);
