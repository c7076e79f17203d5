using System.Net;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Reports;

namespace Distribution.Dashboard.Tests.Hosting;

public sealed class PublishedFileGrain(PublisherStore store) : Grain, IPublishedFileGrain
{
    private string Id => this.GetPrimaryKeyString();

    public Task<PublishedFile?> GetAsync() =>
        store.Fault is { } fault
            ? Task.FromException<PublishedFile?>(fault)
            : Task.FromResult(store.Files.GetValueOrDefault(Id));

    public Task<PublishedFile?> UpdateAsync(string? title, PeerPolicy? policy, PublishedFile? ifStill) =>
        Change(ifStill, file => file with { Title = title ?? file.Title, Policy = policy ?? file.Policy });

    public Task<PublishedFile?> UnpublishAsync(PublishedFile? ifStill) =>
        Change(
            ifStill,
            file => file with { State = FileState.Unpublished, UnpublishedAt = TimeProvider.System.GetUtcNow() }
        );

    public Task<PublishedFile?> RestoreAsync(PublishedFile? ifStill, bool byOperator) =>
        Change(ifStill, file => file with { State = FileState.Published, UnpublishedAt = null });

    public async Task<PublishedFile> TakeDownAsync(string reason) =>
        (
            await Change(
                null,
                file =>
                    file with
                    {
                        State = FileState.Unpublished,
                        UnpublishedAt = TimeProvider.System.GetUtcNow(),
                        IsTakenDown = true,
                        TakedownReason = reason,
                    }
            )
        )!;

    public Task<PublishedFile> CreateAsync(PublishedFile file) => throw new NotSupportedException();

    public Task<PublishedFile> PublishAsync(FileContent content) => throw new NotSupportedException();

    public Task FailAsync(string reason) => throw new NotSupportedException();

    private Task<PublishedFile?> Change(PublishedFile? ifStill, Func<PublishedFile, PublishedFile> change)
    {
        PublishedFile file = store.Files[Id];
        if (ifStill is not null && ifStill != file)
            return Task.FromResult<PublishedFile?>(null);
        if (file.State == FileState.Failed)
            throw new InvalidOperationException("A failed file cannot be changed.");
        return Task.FromResult<PublishedFile?>(store.Files[Id] = change(file));
    }
}

public sealed class FileCatalogGrain(PublisherStore store) : Grain, IFileCatalogGrain
{
    public Task<FilePage> ListAsync(string publisherId, string? cursor, int limit)
    {
        List<PublishedFile> left =
        [
            .. store
                .Files.Values.Where(file => file.PublisherId == publisherId)
                .OrderByDescending(file => file.CreatedAt)
                .SkipWhile(file => cursor is not null && file.Id != cursor)
                .Skip(cursor is null ? 0 : 1),
        ];
        PublishedFile[] page = [.. left.Take(limit)];
        return Task.FromResult(new FilePage(page, left.Count > limit ? page[^1].Id : null));
    }

    public Task<IReadOnlyList<PublishedFile>> FindAsync(string publisherId, IReadOnlyList<string> fileIds) =>
        Task.FromResult<IReadOnlyList<PublishedFile>>([
            .. fileIds
                .Select(id => store.Files.GetValueOrDefault(id))
                .OfType<PublishedFile>()
                .Where(file => file.PublisherId == publisherId),
        ]);

    public Task<IReadOnlyList<PublishedFile>> ListVersionsAsync(string publisherId, string firstVersionId) =>
        Task.FromResult<IReadOnlyList<PublishedFile>>([
            .. store
                .Files.Values.Where(file =>
                    file.PublisherId == publisherId
                    && (file.Id == firstVersionId || file.FirstVersionId == firstVersionId)
                )
                .OrderByDescending(file => file.CreatedAt),
        ]);

    public Task<FilePage> ListUnpublishedAsync(string? cursor, int limit) =>
        Task.FromResult(
            new FilePage([.. store.Files.Values.Where(file => file.State == FileState.Unpublished).Take(limit)], null)
        );
}

public sealed class SwarmGrain(PublisherStore store) : Grain, ISwarmGrain
{
    public Task<SwarmSnapshot?> GetSnapshotAsync() =>
        Task.FromResult(store.Swarms.GetValueOrDefault(this.GetPrimaryKeyString()));

    public Task<SwarmLive?> GetLiveAsync() =>
        Task.FromResult(store.Watched.FindLive(this.GetPrimaryKeyString(), store.Swarms));

    public Task<SwarmLive?> WatchAsync(ISwarmWatcher watcher, int leaseSeconds) =>
        Task.FromResult(store.Watched.Watch(this.GetPrimaryKeyString(), watcher, store.Swarms));

    public Task OpenAsync(SwarmDefinition definition) => throw new NotSupportedException();

    public Task CloseAsync(string fileId) => throw new NotSupportedException();

    public Task<OpenSwarm?> ReadOpenAsync() => throw new NotSupportedException();

    public Task<IReadOnlyList<IPEndPoint>?> AttachEdgeAsync(
        string nodeId,
        IReadOnlyList<IPEndPoint> endpoints,
        int leaseSeconds
    ) => throw new NotSupportedException();

    public Task WitnessAsync(string nodeId, IReadOnlyList<PeerProgress> progress) => throw new NotSupportedException();
}

public sealed class ReportGrain(PublisherStore store) : Grain, IReportGrain
{
    public Task<IReadOnlyList<ReportFile>> ListFilesAsync(
        string publisherId,
        DateTimeOffset from,
        DateTimeOffset to,
        int skip,
        int limit
    ) =>
        Task.FromResult<IReadOnlyList<ReportFile>>([
            .. FilesOf(publisherId, from, to)
                .OrderByDescending(file => file.Bytes.Delivered.High)
                .Skip(skip)
                .Take(limit),
        ]);

    public Task<IReadOnlyList<ReportFile>> ReadFilesAsync(
        string publisherId,
        IReadOnlyList<string> fileIds,
        DateTimeOffset from,
        DateTimeOffset to
    ) =>
        Task.FromResult<IReadOnlyList<ReportFile>>([
            .. FilesOf(publisherId, from, to).Where(file => fileIds.Contains(file.FileId)),
        ]);

    private IEnumerable<ReportFile> FilesOf(string publisherId, DateTimeOffset from, DateTimeOffset to) =>
        store
            .Reports.Where(report => report.Key.Length > 0)
            // Not by the tests' own functions: those note what they were asked for.
            .Select(report => new ReportFile(
                report.Key,
                SampleReport.Of(new ReportQuery(publisherId, report.Key, from, to, ReportBucketSize.Day)).Bytes
            ));

    public Task<CostStatement> EstimateAsync(string? contract, ReportBytes month) =>
        Task.FromResult(new MonthEstimate(new PriceOptions(), TimeProvider.System).Price(contract, month));

    public Task<MonthStatement> GetMonthAsync(string publisherId, DateTimeOffset month) =>
        Task.FromResult(SampleReport.Month(month));

    public Task<SavingsReport> GetAsync(ReportQuery query) =>
        Task.FromResult(
            store.Reports.TryGetValue(query.FileId ?? "", out Func<ReportQuery, SavingsReport>? report)
                ? report(query)
                : new SavingsReport(
                    query.From,
                    query.To,
                    new ReportBytes(),
                    Viewers: 0,
                    DownloadOnlyViewers: 0,
                    new CostStatement(
                        "own",
                        "Own contract",
                        "USD",
                        new BillPair(new Bill([]), new Bill([])),
                        new BillPair(new Bill([]), new Bill([])),
                        ViewersBore: 0,
                        UnpricedBytes: 0
                    ),
                    []
                )
        );
}

public sealed class FleetGrain(PublisherStore store) : Grain, IFleetGrain
{
    public Task<EdgeToken> CreateTokenAsync(TimeSpan lifetime) =>
        Task.FromResult(new EdgeToken(EdgeNodeKey.NewSecret(EdgeToken.Prefix), DateTimeOffset.UnixEpoch + lifetime));

    public Task<string?> EnrolAsync(EdgeEnrolment enrolment) => throw new NotSupportedException();

    public Task<string?> FindNodeAsync(string keyDigest) => Task.FromResult<string?>(null);

    public Task<IReadOnlyList<FleetNode>> ListAsync() =>
        Task.FromResult<IReadOnlyList<FleetNode>>([.. store.Nodes.Values.OrderBy(node => node.NodeId)]);

    public Task<EdgeStateChange> ChangeStateAsync(string nodeId, EdgeNodeState state, EdgeNodeState? ifStill)
    {
        if (!store.Nodes.TryGetValue(nodeId, out FleetNode? node))
            return Task.FromResult(EdgeStateChange.Unknown);
        if (ifStill is not null && ifStill != node.State)
            return Task.FromResult(EdgeStateChange.Conflict);
        if (node.State == EdgeNodeState.Retired && state != EdgeNodeState.Retired)
            return Task.FromResult(EdgeStateChange.Retired);
        store.Nodes[nodeId] = node with { State = state };
        return Task.FromResult(EdgeStateChange.Done);
    }

    public Task<FleetNode?> SetStateAsync(string nodeId, EdgeNodeState state)
    {
        if (!store.Nodes.TryGetValue(nodeId, out FleetNode? node))
            return Task.FromResult<FleetNode?>(null);
        if (node.State == EdgeNodeState.Retired)
            throw new InvalidOperationException("A retired node does not come back; enrol it by another id.");
        return Task.FromResult<FleetNode?>(store.Nodes[nodeId] = node with { State = state });
    }
}

public sealed class PeerSwitchGrain(PublisherStore store) : Grain, IPeerSwitchGrain
{
    public Task<PeerSwitch> ReadAsync() => Task.FromResult(store.Peers);

    public Task FollowAsync() => Task.CompletedTask;

    public Task<PeerSwitch?> SetAsync(string? publisherId, bool isOff, AuditEntry log, PeerSwitch? ifStill) =>
        Task.FromResult<PeerSwitch?>(
            store.Peers = publisherId is null ? store.Peers with { IsOffForAll = isOff } : store.Peers
        );
}
