using Distribution.Contracts.Accounts;
using Distribution.Contracts.Files;
using Distribution.Contracts.Links;
using Distribution.Contracts.Requests;
using Distribution.Contracts.Webhooks;
using Distribution.Silos.Accounts;
using Distribution.Silos.Files;
using Distribution.Silos.State;
using Distribution.Silos.Tests.State;
using Distribution.Silos.Webhooks;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Webhooks;

/// <summary>What webhooks, their deliveries and kept requests do, on every store of the state.</summary>
public abstract class WebhooksContract : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private static readonly PublicUrls Urls = new(new Uri("https://cdn.example.org"));

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private ITestStore? _store;
    private StateDatabase? _database;
    private WebhookTable _webhooks = null!;
    private DeliveryTable _deliveries = null!;
    private KeptRequestTable _requests = null!;
    private FileCatalog _files = null!;

    public async ValueTask InitializeAsync()
    {
        _store = NewStore();
        await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_database is not null)
            await _database.DisposeAsync();
        _store?.Dispose();
    }

    private protected abstract ITestStore NewStore();

    [Fact]
    public async Task What_waits_is_there_after_a_restart_under_the_same_id()
    {
        await MakeAsync("hook", WebhookEvents.FilePublished);
        await PublishAsync("file");
        WebhookJob first = Assert.Single(await TakeAsync());
        Assert.Equal((1, WebhookEvents.FilePublished), (first.Attempt, first.EventType));
        Assert.Contains("\"downloadUrl\":\"https://cdn.example.org/", first.Payload, StringComparison.Ordinal);

        // It is killed before it could say what became of the attempt.
        await OpenAsync();
        Assert.Empty(await TakeAsync());
        _clock.Advance(Lease);
        WebhookJob again = Assert.Single(await TakeAsync());

        Assert.Equal(
            (first.EventId, first.Payload, first.DeliveryId),
            (again.EventId, again.Payload, again.DeliveryId)
        );
        await FinishAsync(again, isDelivered: false, retryAfter: TimeSpan.FromHours(2));
        await OpenAsync();
        _clock.Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1));
        Assert.Empty(await TakeAsync());
        _clock.Advance(TimeSpan.FromSeconds(1));
        WebhookJob third = Assert.Single(await TakeAsync());
        Assert.Equal((first.EventId, 2), (third.EventId, third.Attempt));
        Assert.NotNull(third.Webhook.FailingSince);
        await FinishAsync(third, isDelivered: true);
        await OpenAsync();
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await TakeAsync());
        WebhookDeliveryLog log = (await _deliveries.FindAsync("default", "hook", first.DeliveryId))!;
        Assert.Equal(DeliveryState.Delivered, log.Delivery.State);
        Assert.Equal([1, 2], log.Attempts.Select(attempt => attempt.Number));
        Assert.Null(Assert.Single(await _webhooks.ListAsync("default")).FailingSince);
    }

    [Fact]
    public async Task A_file_tells_of_each_change_once_and_only_who_asked()
    {
        await MakeAsync("hook", WebhookEvents.FilePublished, WebhookEvents.FileUnpublished, WebhookEvents.FileRestored);
        await MakeAsync("deaf", WebhookEvents.StatementReady);
        await MakeOfAsync("foreign", "other", WebhookEvents.FilePublished);
        PublishedFile file = await PublishAsync("file");
        await StoreAsync(file, file with { Title = "renamed" });
        // A caller that got no answer says it again.
        await PublishAsync("file");
        PublishedFile down = file with { State = FileState.Unpublished, UnpublishedAt = _clock.GetUtcNow() };
        await StoreAsync(file, down);
        await StoreAsync(down, file);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await StoreAsync(file, down);

        WebhookDeliveryPage page = await _deliveries.ListAsync("default", "hook", null, 50);

        Assert.Equal(
            [
                WebhookEvents.FilePublished,
                WebhookEvents.FileRestored,
                WebhookEvents.FileUnpublished,
                WebhookEvents.FileUnpublished,
            ],
            page.Deliveries.Select(one => one.EventType).Order(StringComparer.Ordinal)
        );
        Assert.Empty((await _deliveries.ListAsync("default", "deaf", null, 50)).Deliveries);
        Assert.Empty((await _deliveries.ListAsync("other", "foreign", null, 50)).Deliveries);
        // Another publisher's log is not there, by whatever id.
        Assert.Empty((await _deliveries.ListAsync("other", "hook", null, 50)).Deliveries);
        Assert.Null(await _deliveries.FindAsync("other", "hook", page.Deliveries[0].Id));
        Assert.Null(await _deliveries.RedeliverAsync("other", "hook", page.Deliveries[0].Id, Entry()));
        Assert.Null(await _deliveries.TestAsync("other", "hook", Entry()));
    }

    [Fact]
    public async Task A_receiver_that_is_away_keeps_no_other_waiting()
    {
        await MakeAsync("away", WebhookEvents.FilePublished);
        for (int i = 0; i < 30; i++)
            await PublishAsync($"file{i}");
        await MakeAsync("quick", WebhookEvents.FilePublished);
        await PublishAsync("last");

        IReadOnlyList<WebhookJob> jobs = await TakeAsync();
        IReadOnlyList<WebhookJob> more = await _deliveries.TakeDueAsync(
            32,
            4,
            new Dictionary<string, int> { ["away"] = 4 },
            Lease
        );

        Assert.Equal(4, jobs.Count(job => job.Webhook.Id == "away"));
        Assert.Single(jobs, job => job.Webhook.Id == "quick");
        Assert.Empty(more);
    }

    [Fact]
    public async Task A_webhook_that_the_server_disables_waits_for_nothing_more()
    {
        await MakeAsync("hook", WebhookEvents.FilePublished);
        await PublishAsync("one");
        await PublishAsync("two");
        IReadOnlyList<WebhookJob> jobs = await TakeAsync();
        Assert.Equal(2, jobs.Count);
        await FinishAsync(jobs[0], isDelivered: false, disable: "It is gone.");
        await PublishAsync("three");

        Webhook hook = Assert.Single(await _webhooks.ListAsync("default"));
        WebhookDeliveryPage page = await _deliveries.ListAsync("default", "hook", null, 50);

        Assert.Equal((false, "It is gone."), (hook.IsEnabled, hook.DisabledReason));
        Assert.Equal(2, page.Deliveries.Count);
        Assert.All(page.Deliveries, one => Assert.Equal(DeliveryState.Failed, one.State));
        // Of two who change it as they read it, one is told.
        Assert.Equal(AccountChange.Done, await _webhooks.ChangeAsync(hook with { IsEnabled = true }, Entry()));
        Assert.Equal(AccountChange.Conflict, await _webhooks.ChangeAsync(hook with { Note = "late" }, Entry()));
        Assert.Null(Assert.Single(await _webhooks.ListAsync("default")).FailingSince);
    }

    [Fact]
    public async Task The_log_ends_after_weeks_and_what_waits_does_not()
    {
        await MakeAsync("hook", WebhookEvents.FilePublished);
        await PublishAsync("old");
        await FinishAsync(Assert.Single(await TakeAsync()), isDelivered: true);
        await PublishAsync("waiting");
        WebhookJob waiting = Assert.Single(await TakeAsync());
        await FinishAsync(waiting, isDelivered: false, retryAfter: TimeSpan.FromDays(60));
        _clock.Advance(DeliveryTable.KeptFor + TimeSpan.FromDays(1));
        await PublishAsync("new");
        await FinishAsync(Assert.Single(await TakeAsync()), isDelivered: true);

        WebhookDeliveryPage page = await _deliveries.ListAsync("default", "hook", null, 50);

        Assert.Equal(2, page.Deliveries.Count);
        Assert.Contains(page.Deliveries, one => one.Id == waiting.DeliveryId);
    }

    [Fact]
    public async Task A_publisher_has_so_many_webhooks_and_no_more()
    {
        Assert.True(await _webhooks.CreateAsync(NewWebhook("one", "default", WebhookEvents.FileReady), 1, Entry()));
        Assert.False(await _webhooks.CreateAsync(NewWebhook("two", "default", WebhookEvents.FileReady), 1, Entry()));
        Assert.True(await _webhooks.CreateAsync(NewWebhook("three", "other", WebhookEvents.FileReady), 1, Entry()));
        Assert.Equal(AccountChange.Unknown, await _webhooks.DeleteAsync("other", "one", Entry(), null));
        Assert.Equal(AccountChange.Done, await _webhooks.DeleteAsync("default", "one", Entry(), null));
        Assert.Empty(await _webhooks.ListAsync("default"));
    }

    [Fact]
    public async Task A_kept_request_is_one_request_for_a_day_and_over_a_restart()
    {
        Assert.Equal(KeptStanding.New, (await _requests.BeginAsync("digest", "ada", "print")).Standing);
        Assert.Equal(KeptStanding.Running, (await _requests.BeginAsync("digest", "ada", "print")).Standing);
        Assert.Equal(KeptStanding.Another, (await _requests.BeginAsync("digest", "ada", "other")).Standing);
        await OpenAsync();
        // Its server is gone, and nobody can say what it did.
        _clock.Advance(KeptRequestTable.AnsweredWithin);
        Assert.Equal(KeptStanding.Lost, (await _requests.BeginAsync("digest", "ada", "print")).Standing);

        Assert.Equal(KeptStanding.New, (await _requests.BeginAsync("second", "ada", "print")).Standing);
        await _requests.FinishAsync("second", [1, 2, 3]);
        await OpenAsync();
        KeptRequest kept = await _requests.BeginAsync("second", "ada", "print");
        Assert.Equal(KeptStanding.Answered, kept.Standing);
        Assert.Equal([1, 2, 3], kept.Answer);
        _clock.Advance(KeptRequestTable.KeptFor);
        Assert.Equal(KeptStanding.New, (await _requests.BeginAsync("second", "ada", "print")).Standing);
        await _requests.ForgetAsync("second");
        Assert.Equal(KeptStanding.New, (await _requests.BeginAsync("second", "ada", "other")).Standing);
        await _requests.FinishAsync("second", null);
        Assert.Equal(KeptStanding.Lost, (await _requests.BeginAsync("second", "ada", "other")).Standing);
    }

    private async Task OpenAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
        _database = await _store!.OpenAsync();
        _webhooks = new WebhookTable(_database);
        _deliveries = new DeliveryTable(_database, _clock);
        _requests = new KeptRequestTable(_database, _clock);
        _files = new FileCatalog(_database);
    }

    private Task MakeAsync(string id, params string[] events) => MakeOfAsync(id, "default", events);

    private async Task MakeOfAsync(string id, string publisherId, params string[] events) =>
        Assert.True(await _webhooks.CreateAsync(NewWebhook(id, publisherId, events), 20, Entry()));

    private Webhook NewWebhook(string id, string publisherId, params string[] events) =>
        new()
        {
            Id = id,
            PublisherId = publisherId,
            Url = "https://example.org/",
            Events = events,
            Note = "",
            CreatedBy = "ada",
            CreatedAt = _clock.GetUtcNow(),
            Secret = "secret",
        };

    private async Task<PublishedFile> PublishAsync(string id)
    {
        var file = new PublishedFile
        {
            Id = id,
            PublisherId = "default",
            Title = id,
            Name = "a.mp4",
            ContentType = "video/mp4",
            SizeBytes = 1,
            State = FileState.Published,
            CreatedAt = _clock.GetUtcNow(),
            Content = new FileContent(
                BitTorrent.InfoHash.OfInfoDictionary(System.Text.Encoding.UTF8.GetBytes(id)),
                1 << 14,
                1,
                new string('a', 64)
            ),
        };
        await StoreAsync(file with { State = FileState.Processing }, file);
        return file;
    }

    private Task StoreAsync(PublishedFile before, PublishedFile file) =>
        _files.StoreAsync(file, WebhookEvent.OfFile(before, file, Urls, _clock.GetUtcNow()));

    private Task<IReadOnlyList<WebhookJob>> TakeAsync() =>
        _deliveries.TakeDueAsync(32, 4, new Dictionary<string, int>(), Lease);

    private Task FinishAsync(WebhookJob job, bool isDelivered, TimeSpan? retryAfter = null, string? disable = null) =>
        _deliveries.FinishAsync(
            new WebhookOutcome(
                job.DeliveryId,
                job.Webhook.Id,
                new WebhookAttempt(
                    job.Attempt,
                    _clock.GetUtcNow(),
                    isDelivered ? 204 : 500,
                    12,
                    isDelivered ? "" : "The receiver answers 500.",
                    ""
                ),
                isDelivered,
                retryAfter is { } after ? _clock.GetUtcNow() + after : null,
                disable
            )
        );

    private AuditEntry Entry() =>
        new()
        {
            At = _clock.GetUtcNow(),
            PublisherId = "default",
            Actor = "ada",
            Action = "x",
            Subject = "",
            Detail = "",
            Address = "",
        };
}
