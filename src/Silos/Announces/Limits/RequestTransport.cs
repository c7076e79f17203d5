namespace Distribution.Silos.Announces.Limits;

/// <summary>How a request came.</summary>
internal enum RequestTransport
{
    Udp,
    Http,
    WebSocket,
}
