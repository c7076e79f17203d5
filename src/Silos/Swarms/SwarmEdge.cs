using System.Net;

namespace Distribution.Silos.Swarms;

/// <summary>An edge node that seeds a swarm, until its lease ends.</summary>
/// <param name="ExpiresAt">When its lease ends.</param>
internal sealed record SwarmEdge(IReadOnlyList<IPEndPoint> Endpoints, DateTimeOffset ExpiresAt);
