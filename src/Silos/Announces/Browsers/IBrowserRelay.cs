using Distribution.BitTorrent;
using Distribution.Silos.Swarms;

namespace Distribution.Silos.Announces.Browsers;

/// <summary>Carries offers and answers to browsers, whichever silo has their socket.</summary>
internal interface IBrowserRelay
{
    /// <summary>How others reach a socket of this silo.</summary>
    BrowserContact ContactOf(long socket, in InfoHash askedAs);

    /// <summary>Sends and does not wait; a browser that is gone by now gets nothing, as it is with all signalling.</summary>
    /// <param name="message">UTF-8 JSON; not changed afterwards.</param>
    void Send(BrowserContact to, byte[] message);
}
