using System.Net;

namespace Distribution.EdgeSeeder.Seeding.Links.Datagrams;

/// <summary>By what a packet of uTP names its connection: whence it came, and the number in it.</summary>
internal readonly record struct UtpKey(IPEndPoint Remote, ushort ConnectionId);
