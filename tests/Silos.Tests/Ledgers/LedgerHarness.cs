using System.Net;
using System.Security.Cryptography;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Holdouts;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Ledgers.Networks;
using Distribution.Silos.Reports;
using Distribution.Silos.State;
using Distribution.Silos.Swarms.Networks;
using Distribution.Silos.Tests.State;
using Distribution.Silos.Traffic;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Ledgers;

/// <summary>A ledger on a real store, that can be closed and opened again.</summary>
internal sealed class LedgerHarness : IAsyncDisposable
{
    public const string PublisherId = "default";

    private readonly ITestStore _store;
    private INetworkSource? _networks;

    private LedgerHarness(ITestStore store) => _store = store;

    public static Task<LedgerHarness> StartAsync() => StartAsync(new SqliteTestStore());

    public static async Task<LedgerHarness> StartAsync(ITestStore store, INetworkSource? networks = null)
    {
        var harness = new LedgerHarness(store) { _networks = networks };
        await harness.OpenAsync();
        return harness;
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 10, 0, TimeSpan.Zero));

    public StateDatabase Database { get; private set; } = null!;

    public Ledger Ledger { get; private set; } = null!;

    public RecentTraffic Traffic { get; private set; } = null!;

    /// <summary>Nobody is held out, until it takes something.</summary>
    public HoldoutDraw Holdouts { get; } = new();

    public long Hour => HourTable.HourOf(Clock.GetUtcNow().ToUnixTimeSeconds());

    public static InfoHash HashOf(string fileId) => new(SHA1.HashData(Encoding.UTF8.GetBytes(fileId)));

    public static PeerId Peer(string name) => new(SHA1.HashData(Encoding.UTF8.GetBytes(name)));

    /// <param name="othersGive">Others than those of the test say that they gave the file's viewers as much as they ever show.</param>
    public async Task<InfoHash> OpenFileAsync(string fileId, long sizeBytes, bool othersGive = true)
    {
        InfoHash file = HashOf(fileId);
        await Ledger.OpenFileAsync(new LedgerFile(file, fileId, PublisherId, sizeBytes));
        if (othersGive)
            await Database.WriteAsync(session =>
                session.Execute(
                    "UPDATE ledger_file SET given = $1 WHERE info_hash = $2 AND is_current = 1",
                    1L << 60,
                    file.AsSpan().ToArray()
                )
            );
        return file;
    }

    public async Task RestartAsync()
    {
        await Database.DisposeAsync();
        await OpenAsync();
    }

    public Task SendAsync(
        InfoHash file,
        string address,
        SendKind kind,
        long bytes,
        string epoch = "0000000000000001",
        string source = "webseed/a",
        long? hour = null
    ) =>
        Ledger.RecordSendsAsync(
            new SendReport(source, epoch, [new SendCounter(file.ToString(), address, kind, hour ?? Hour, bytes)])
        );

    public Task<BookedViewer?> AnnounceAsync(
        InfoHash file,
        string peer,
        string address,
        AnnounceEvent announceEvent,
        long left,
        long uploaded = 0,
        bool nothingDownloaded = true
    ) =>
        Ledger.RecordAnnounceAsync(
            file,
            new ViewerAnnounce(
                Peer(peer),
                IPAddress.Parse(address),
                announceEvent,
                left,
                uploaded,
                nothingDownloaded ? 0 : -1
            )
        );

    /// <param name="held">What it showed at last; as much as it gained, where it is not said.</param>
    public Task WitnessAsync(InfoHash file, string peer, string address, long gained, long? held = null) =>
        Ledger.RecordWitnessAsync(
            file,
            [new WitnessedProgress(Peer(peer), IPAddress.Parse(address), gained, held ?? gained)]
        );

    public Task<SavingsReport> ReportAsync(string? fileId = null, ReportBucketSize bucket = ReportBucketSize.Hour) =>
        new ReportReader(Database, new PriceOptions(), Clock).ReadAsync(
            new ReportQuery(PublisherId, fileId, DateTimeOffset.UnixEpoch, Clock.GetUtcNow().AddDays(30), bucket)
        );

    public async Task<ReportBytes> BytesAsync(string? fileId = null) => (await ReportAsync(fileId)).Bytes;

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _store.Dispose();
    }

    private async Task OpenAsync()
    {
        Database = await _store.OpenAsync();
        Traffic = new RecentTraffic(Clock);
        Ledger = new Ledger(
            Database,
            Traffic,
            Clock,
            NullLogger<Ledger>.Instance,
            networks: new ViewerNetworks(_networks),
            holdouts: Holdouts
        );
    }
}
