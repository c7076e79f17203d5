using System.Diagnostics;
using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Links;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Edges.Fleet;
using Distribution.Silos.Files;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Telemetry;

namespace Distribution.Silos.Edges;

/// <summary>
/// One edge node. A heartbeat is answered once everything in it is booked. What the node is to seed says the fleet; here it is told to the
/// swarms' shards, which hand the node out and say whom it should dial.
/// </summary>
internal sealed class EdgeNodeGrain(Ledger ledger, FileCatalog catalog, PublicUrls urls, SwarmShards shards)
    : Grain,
        IEdgeNodeGrain
{
    private readonly PublishedFiles _files = new(catalog);
    private HashSet<InfoHash> _listed = [];

    public async Task<EdgeOrders?> HeartbeatAsync(EdgeHeartbeat heartbeat, string sourceAddress, bool hasOwnKey)
    {
        if (HeartbeatCheck.FindProblem(heartbeat) is { } problem)
            throw new ArgumentException(problem, nameof(heartbeat));
        using Activity? activity = SiloMetrics.Activities.StartActivity("heartbeat");
        string nodeId = this.GetPrimaryKeyString();
        IFleetPlanGrain fleet = GrainFactory.GetGrain<IFleetPlanGrain>(0);
        // Before anything is booked: counters of one who may not report are nobody's.
        if (!await fleet.MayReportAsync(nodeId, hasOwnKey))
            return null;
        if (heartbeat.Sends.Count > 0)
            await ledger.RecordSendsAsync(new SendReport($"edge/{nodeId}", heartbeat.Epoch, heartbeat.Sends));
        await Task.WhenAll(
            heartbeat
                .Progress.GroupBy(static progress => progress.InfoHash, StringComparer.OrdinalIgnoreCase)
                .Select(swarm =>
                    GrainFactory.GetGrain<ISwarmGrain>(swarm.Key.ToLowerInvariant()).WitnessAsync(nodeId, [.. swarm])
                )
        );

        IReadOnlyList<IPEndPoint> endpoints = EdgeEndpoints.Of(heartbeat, sourceAddress);
        FleetOrder order = await fleet.ReportAsync(
            new FleetReport(nodeId, hasOwnKey, heartbeat with { Sends = [], Progress = [] }, endpoints)
        );
        if (order.IsRefused)
            return null;
        return new EdgeOrders(
            heartbeat.Sequence,
            EdgeSchedule.HeartbeatSeconds,
            EdgeSchedule.LeaseSeconds,
            UploadLimitBytesPerSecond: 0,
            await AssignAsync(nodeId, endpoints, order.Swarms),
            order.WantsAllSwarms
        );
    }

    private async Task<IReadOnlyList<EdgeAssignment>> AssignAsync(
        string nodeId,
        IReadOnlyList<IPEndPoint> endpoints,
        IReadOnlyList<SwarmOrder> orders
    )
    {
        HashSet<InfoHash> listed =
        [
            .. orders.Where(static order => order.IsListed).Select(static order => order.InfoHash),
        ];
        _listed.ExceptWith(listed);
        await AttachAsync(nodeId, endpoints, _listed, leaseSeconds: 0);
        _listed = listed;
        Dictionary<InfoHash, IReadOnlyList<IPEndPoint>> dial = await AttachAsync(
            nodeId,
            endpoints,
            listed,
            EdgeSchedule.LeaseSeconds
        );
        Dictionary<InfoHash, PublishedFile> files = (await _files.GetAsync())
            .GroupBy(static file => file.Content!.InfoHash)
            .ToDictionary(static group => group.Key, static group => group.Last());
        var assignments = new List<EdgeAssignment>(orders.Count);
        foreach (SwarmOrder order in orders)
        {
            // Taken down meanwhile.
            if (!files.TryGetValue(order.InfoHash, out PublishedFile? file))
                continue;
            if (order.IsListed && !dial.ContainsKey(order.InfoHash))
                continue;
            assignments.Add(
                new EdgeAssignment(
                    order.InfoHash.ToString(),
                    file.Id,
                    urls.Torrent(file.Id),
                    urls.WebSeed(file),
                    [.. dial.GetValueOrDefault(order.InfoHash, []).Select(static endpoint => endpoint.ToString())],
                    order.UploadLimitBytesPerSecond,
                    order.IsHot,
                    file.FolderFileCount > 0 ? null : urls.BlockStates(file.Id)
                )
            );
        }
        return assignments;
    }

    /// <summary>One call a shard. Of the open ones of these swarms, whom to dial.</summary>
    private async Task<Dictionary<InfoHash, IReadOnlyList<IPEndPoint>>> AttachAsync(
        string nodeId,
        IReadOnlyList<IPEndPoint> endpoints,
        HashSet<InfoHash> swarms,
        int leaseSeconds
    )
    {
        InfoHash[][] byShard =
        [
            .. swarms.GroupBy(swarm => shards.NumberOf(swarm)).Select(static group => group.ToArray()),
        ];
        IReadOnlyList<IReadOnlyList<IPEndPoint>?>[] answers = await Task.WhenAll(
            byShard.Select(group =>
                shards.Of(group[0]).AttachEdgesAsync(group, nodeId, endpoints, leaseSeconds).AsTask()
            )
        );
        var dial = new Dictionary<InfoHash, IReadOnlyList<IPEndPoint>>(swarms.Count);
        foreach ((InfoHash[] group, IReadOnlyList<IReadOnlyList<IPEndPoint>?> answer) in byShard.Zip(answers))
        {
            for (int i = 0; i < group.Length; i++)
            {
                if (answer[i] is { } viewers)
                    dial[group[i]] = viewers;
            }
        }
        return dial;
    }
}
