using System.Net.Sockets;

namespace Distribution.Ingest.Transport;

/// <param name="AcceptedBytes">What the socket took, also where it then failed.</param>
internal readonly record struct SendResult(int AcceptedBytes, SocketError Error);
