using System.Net;
using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Links;
using Distribution.Contracts.Swarms;
using Distribution.Contracts.Webhooks;
using Distribution.Silos.Files;
using Distribution.Silos.State;
using Distribution.Silos.Tests.Hosting;
using Distribution.Silos.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Webhooks;

/// <summary>Events that no request causes.</summary>
[Collection(SiloCollection.Name)]
public sealed class WebhookWatchTests(SiloFixture silo)
{
    [Fact]
    public async Task A_file_is_ready_once_an_edge_has_taken_it_up()
    {
        IWebhooksGrain webhooks = silo.Host.Grains.GetGrain<IWebhooksGrain>(0);
        // Whose files the silo's host publishes.
        string publisher = Ledgers.LedgerHarness.PublisherId;
        Webhook hook = NewWebhook("ready-hook", publisher, TimeProvider.System.GetUtcNow(), WebhookEvents.FileReady);
        Assert.True(await webhooks.CreateAsync(hook, 20, Entry(publisher)));
        InfoHash infoHash = (await silo.Host.PublishAsync("webhook-ready")).Content!.InfoHash;
        WebhookWatch watch = silo.Host.Services.GetRequiredService<WebhookWatch>();
        await watch.FindReadyFilesAsync();
        Assert.Empty((await webhooks.ListDeliveriesAsync(publisher, hook.Id, null, 9)).Deliveries);

        await silo
            .Host.Grains.GetGrain<ISwarmGrain>(infoHash.ToString())
            .AttachEdgeAsync("webhook-node", [IPEndPoint.Parse("192.0.2.7:6881")], leaseSeconds: 60);
        await watch.FindReadyFilesAsync();
        await watch.FindReadyFilesAsync();

        WebhookDelivery ready = Assert.Single(
            (await webhooks.ListDeliveriesAsync(publisher, hook.Id, null, 9)).Deliveries
        );
        Assert.Equal(WebhookEvents.FileReady, ready.EventType);
        await webhooks.DeleteAsync(publisher, hook.Id, Entry(publisher));
    }

    [Fact]
    public async Task A_swarm_that_wakes_up_and_falls_asleep_is_told_each_time_and_once()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 4, 3, 12, 0, 0, TimeSpan.Zero));
        using var folder = new TestFolder();
        await using StateDatabase database = StateDatabase.Open(folder.StatePath);
        var webhooks = new WebhookTable(database);
        var deliveries = new DeliveryTable(database, clock);
        var catalog = new FileCatalog(database);
        var urls = new PublicUrls(new Uri("https://cdn.example.org"));
        await webhooks.CreateAsync(
            NewWebhook("hook", "default", clock.GetUtcNow(), WebhookEvents.SwarmWoken, WebhookEvents.SwarmAsleep),
            20,
            Entry("default")
        );
        var swarm = new InfoHash(new byte[20]);
        await catalog.StoreAsync(Files.FileLifeTests.NewFile("file"));
        await database.WriteAsync(session =>
            session.Execute(
                "INSERT INTO ledger_file (file_key, info_hash, file_id, publisher_id, is_current, is_open, completed) "
                    + "VALUES (1, $1, 'file', 'default', 1, 1, 0)",
                swarm.AsSpan().ToArray()
            )
        );
        // Two servers look, each by itself.
        SwarmSleepWatch[] servers =
        [
            new SwarmSleepWatch(database, catalog, urls, clock),
            new SwarmSleepWatch(database, catalog, urls, clock),
        ];
        async Task LookAsync(bool isActive, bool isAll = true)
        {
            foreach (SwarmSleepWatch server in servers)
                await server.TellAsync(
                    await server.ListPublishersAsync(),
                    isActive ? new HashSet<InfoHash> { swarm } : [],
                    isAll
                );
            clock.Advance(TimeSpan.FromMinutes(1));
        }
        async Task<string[]> ToldAsync() =>
            [.. (await deliveries.ListAsync("default", "hook", null, 9)).Deliveries.Select(one => one.EventType)];

        await LookAsync(isActive: false);
        Assert.Empty(await ToldAsync());
        await LookAsync(isActive: true);
        await LookAsync(isActive: true);
        await LookAsync(isActive: false);
        Assert.Equal([WebhookEvents.SwarmWoken], await ToldAsync());
        clock.Advance(SwarmSleepWatch.SleepsAfter);
        // Who cannot be asked is not asleep.
        await LookAsync(isActive: false, isAll: false);
        Assert.Equal([WebhookEvents.SwarmWoken], await ToldAsync());
        await LookAsync(isActive: false);
        await LookAsync(isActive: false);
        Assert.Equal([WebhookEvents.SwarmAsleep, WebhookEvents.SwarmWoken], await ToldAsync());
        await LookAsync(isActive: true);
        Assert.Equal(
            [WebhookEvents.SwarmWoken, WebhookEvents.SwarmAsleep, WebhookEvents.SwarmWoken],
            await ToldAsync()
        );
        Assert.Equal(3, await database.ReadAsync(session => session.Scalar("SELECT COUNT(*) FROM webhook_event")));
    }

    [Fact]
    public async Task A_month_and_a_mark_are_told_once_however_often_they_are_found()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 4, 3, 23, 59, 0, TimeSpan.Zero));
        using var folder = new TestFolder();
        await using StateDatabase database = StateDatabase.Open(folder.StatePath);
        var webhooks = new WebhookTable(database);
        var deliveries = new DeliveryTable(database, clock);
        var watch = new WebhookWatch(
            database,
            new FileCatalog(database),
            silo.Host.Grains,
            new PublicUrls(new Uri("https://cdn.example.org")),
            clock
        );
        await webhooks.CreateAsync(
            NewWebhook(
                "hook",
                "ada",
                clock.GetUtcNow().AddDays(-10),
                WebhookEvents.StatementReady,
                WebhookEvents.AnomalyMarked
            ),
            20,
            Entry("ada")
        );
        await webhooks.CreateAsync(
            NewWebhook("late", "ada", clock.GetUtcNow().AddDays(5), WebhookEvents.StatementReady),
            20,
            Entry("ada")
        );
        await webhooks.CreateAsync(
            NewWebhook("other", "eve", clock.GetUtcNow().AddDays(-10), WebhookEvents.AnomalyMarked),
            20,
            Entry("eve")
        );

        // February was closed on 4 March, before there was a webhook; March closes on 4 April.
        await watch.FindStatementsAsync();
        Assert.Empty((await deliveries.ListAsync("ada", "hook", null, 9)).Deliveries);
        clock.Advance(TimeSpan.FromMinutes(1));
        await watch.FindStatementsAsync();
        await watch.FindStatementsAsync();
        WebhookDelivery month = Assert.Single((await deliveries.ListAsync("ada", "hook", null, 9)).Deliveries);
        WebhookDeliveryLog log = (await deliveries.FindAsync("ada", "hook", month.Id))!;
        JsonElement data = JsonDocument.Parse(log.Payload).RootElement.GetProperty("data");
        Assert.Equal("2026-03", data.GetProperty("month").GetString());
        Assert.Equal("https://cdn.example.org/statement/2026-03", data.GetProperty("statementUrl").GetString());

        await MarkAsync(database, clock.GetUtcNow(), viewers: 1);
        await watch.FindMarksAsync();
        await MarkAsync(database, clock.GetUtcNow(), viewers: 2);
        await watch.FindMarksAsync();
        WebhookDelivery mark = Assert.Single(
            (await deliveries.ListAsync("ada", "hook", null, 9)).Deliveries,
            one => one.EventType == WebhookEvents.AnomalyMarked
        );
        log = (await deliveries.FindAsync("ada", "hook", mark.Id))!;
        data = JsonDocument.Parse(log.Payload).RootElement.GetProperty("data");
        Assert.Equal("leftGrew", data.GetProperty("kind").GetString());
        Assert.Equal("file", data.GetProperty("fileId").GetString());
        Assert.Empty((await deliveries.ListAsync("eve", "other", null, 9)).Deliveries);
        Assert.Empty((await deliveries.ListAsync("ada", "late", null, 9)).Deliveries);
    }

    private static Task MarkAsync(StateDatabase database, DateTimeOffset at, long viewers)
    {
        long hour = at.ToUnixTimeSeconds() / 3600 * 3600;
        return database.WriteAsync(session =>
        {
            session.Execute(
                "INSERT INTO ledger_file (file_key, info_hash, file_id, publisher_id, is_current, is_open, completed) "
                    + "VALUES (1, $1, 'file', 'ada', 1, 1, 0) ON CONFLICT (file_key) DO NOTHING",
                new byte[20]
            );
            session.Execute(
                "INSERT INTO ledger_anomaly (file_key, hour_start, kind, viewers) VALUES (1, $1, 2, $2) "
                    + "ON CONFLICT (file_key, hour_start, kind) DO UPDATE SET viewers = excluded.viewers",
                hour,
                viewers
            );
        });
    }

    private static Webhook NewWebhook(string id, string publisherId, DateTimeOffset at, params string[] events) =>
        new()
        {
            Id = id,
            PublisherId = publisherId,
            Url = "https://example.org/",
            Events = events,
            Note = "",
            CreatedBy = "",
            CreatedAt = at,
            Secret = "",
        };

    private static AuditEntry Entry(string publisherId) =>
        new()
        {
            At = default,
            PublisherId = publisherId,
            Actor = "",
            Action = "x",
            Subject = "",
            Detail = "",
            Address = "",
        };
}
