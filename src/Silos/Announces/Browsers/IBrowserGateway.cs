using Orleans.Concurrency;

namespace Distribution.Silos.Announces.Browsers;

/// <summary>
/// A silo's sockets to browsers, for other silos: a reference to it is what a swarm's table keeps with each browser. Calls go straight to that
/// silo; when it is gone its sockets are too, and what is sent there is lost.
/// </summary>
internal interface IBrowserGateway : IGrainObserver
{
    /// <summary>Sends a message over a socket; nothing where it is closed, or does not keep up.</summary>
    /// <param name="message">UTF-8 JSON; not changed afterwards.</param>
    [OneWay]
    ValueTask DeliverAsync(long socket, [Immutable] byte[] message);
}
