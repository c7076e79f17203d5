using Distribution.BitTorrent;
using Distribution.Silos.Announces.Browsers;

namespace Distribution.Silos.Swarms;

/// <summary>Where a browser is reached: it has no address that others could dial, only the socket that it opened.</summary>
/// <param name="Gateway">The silo that has its socket.</param>
/// <param name="Socket">The gateway's number for it; never given twice.</param>
/// <param name="AskedAs">The info-hash by which it calls the swarm, one of a hybrid's two.</param>
[GenerateSerializer, Immutable]
internal sealed record BrowserContact(IBrowserGateway Gateway, long Socket, InfoHash AskedAs);
