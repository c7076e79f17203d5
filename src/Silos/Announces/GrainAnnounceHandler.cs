using System.Diagnostics;
using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms;
using Distribution.Silos.Telemetry;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Announces;

/// <summary>Hands announces to the swarms' grains.</summary>
internal sealed partial class GrainAnnounceHandler(
    IGrainFactory grains,
    OpenSwarms openSwarms,
    SiloMetrics metrics,
    ILogger<GrainAnnounceHandler> logger
) : IAnnounceHandler
{
    private static readonly AnnounceReply Unregistered = AnnounceReply.Refused("unregistered torrent");
    private static readonly AnnounceReply Unavailable = AnnounceReply.Refused(
        "the tracker cannot answer now, try again later"
    );

    public async ValueTask<AnnounceReply> AnnounceAsync(InfoHash infoHash, SwarmAnnounce announce, string transport)
    {
        using Activity? activity = SiloMetrics.Activities.StartActivity("announce", ActivityKind.Server);
        AnnounceReply reply = Unregistered;
        if (openSwarms.TryFind(infoHash, out InfoHash swarm))
        {
            try
            {
                reply = await grains.GetGrain<ISwarmGrain>(swarm.ToString()).AnnounceAsync(announce);
            }
#pragma warning disable CA1031 // a client gets an answer that tells nothing of our inside; the log has the rest
            catch (Exception fault)
#pragma warning restore CA1031
            {
                LogFailed(fault, infoHash);
                activity?.SetStatus(ActivityStatusCode.Error);
                reply = Unavailable;
            }
        }
        metrics.CountAnnounce(transport, announce.Event, reply.FailureReason is not null);
        return reply;
    }

    public async ValueTask<ScrapeCounts?> ScrapeAsync(InfoHash infoHash)
    {
        if (!openSwarms.TryFind(infoHash, out InfoHash swarm))
            return null;
        try
        {
            return await grains.GetGrain<ISwarmGrain>(swarm.ToString()).ScrapeAsync();
        }
#pragma warning disable CA1031 // as above
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFailed(fault, infoHash);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The swarm {InfoHash} could not answer.")]
    private partial void LogFailed(Exception fault, InfoHash infoHash);
}
