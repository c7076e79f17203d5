using System.Net.Sockets;

namespace Distribution.Ingest.Transport.Plain;

/// <summary>A connection that is the web server's from here on.</summary>
/// <param name="Received">What has come of it, and is unanswered.</param>
internal sealed record PlainRemainder(SafeSocketHandle Descriptor, byte[] Received);
