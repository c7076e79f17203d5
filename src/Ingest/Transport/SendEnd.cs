using System.Net.Sockets;

namespace Distribution.Ingest.Transport;

/// <summary>Why a connection sends no more.</summary>
/// <param name="Error">What the socket said; Success: all was sent, unless there is a fault.</param>
/// <param name="Fault">Of ours, or of a file that was being sent; null: none.</param>
internal readonly record struct SendEnd(SocketError Error, Exception? Fault);
