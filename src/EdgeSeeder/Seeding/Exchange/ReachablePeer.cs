using System.Net;

namespace Distribution.EdgeSeeder.Seeding.Exchange;

/// <summary>A connected peer that said, or showed by being dialled, where it listens.</summary>
internal readonly record struct ReachablePeer(IPEndPoint Endpoint, bool IsSeed);
