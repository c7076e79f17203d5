using System.Diagnostics;
using System.Net;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Links;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Files;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Telemetry;

namespace Distribution.Silos.Edges;

/// <summary>
/// One edge node. For now every published file is assigned to every node. A heartbeat is answered once everything in it is booked.
/// </summary>
internal sealed class EdgeNodeGrain(Ledger ledger, FileCatalog catalog, PublicUrls urls) : Grain, IEdgeNodeGrain
{
    private readonly PublishedFiles _files = new(catalog);

    public async Task<EdgeOrders> HeartbeatAsync(EdgeHeartbeat heartbeat, string sourceAddress)
    {
        if (HeartbeatCheck.FindProblem(heartbeat) is { } problem)
            throw new ArgumentException(problem, nameof(heartbeat));
        using Activity? activity = SiloMetrics.Activities.StartActivity("heartbeat");
        string nodeId = this.GetPrimaryKeyString();
        if (heartbeat.Sends.Count > 0)
            await ledger.RecordSendsAsync(new SendReport($"edge/{nodeId}", heartbeat.Epoch, heartbeat.Sends));
        await Task.WhenAll(
            heartbeat
                .Progress.GroupBy(static progress => progress.InfoHash, StringComparer.OrdinalIgnoreCase)
                .Select(swarm => SwarmOf(swarm.Key.ToLowerInvariant()).WitnessAsync(nodeId, [.. swarm]))
        );

        IReadOnlyList<IPEndPoint> endpoints = EdgeEndpoints.Of(heartbeat, sourceAddress);
        int lease = heartbeat.Leaving ? 0 : EdgeSchedule.LeaseSeconds;
        IReadOnlyList<PublishedFile> files = await _files.GetAsync();
        EdgeAssignment?[] assignments = await Task.WhenAll(
            files.Select(file => AttachAsync(nodeId, file, endpoints, lease))
        );
        return new EdgeOrders(
            heartbeat.Sequence,
            EdgeSchedule.HeartbeatSeconds,
            EdgeSchedule.LeaseSeconds,
            UploadLimitBytesPerSecond: 0,
            heartbeat.Leaving ? [] : [.. assignments.OfType<EdgeAssignment>()]
        );
    }

    private ISwarmGrain SwarmOf(string infoHash) => GrainFactory.GetGrain<ISwarmGrain>(infoHash);

    private async Task<EdgeAssignment?> AttachAsync(
        string nodeId,
        PublishedFile file,
        IReadOnlyList<IPEndPoint> endpoints,
        int leaseSeconds
    )
    {
        string infoHash = file.Content!.InfoHash.ToString();
        IReadOnlyList<IPEndPoint>? dial = await SwarmOf(infoHash).AttachEdgeAsync(nodeId, endpoints, leaseSeconds);
        return dial is null
            ? null
            : new EdgeAssignment(
                infoHash,
                file.Id,
                urls.Torrent(file.Id),
                urls.WebSeed(file),
                [.. dial.Select(static endpoint => endpoint.ToString())]
            );
    }
}
