using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Distribution.Contracts.Webhooks;
using Distribution.Dashboard.Tests.Hosting;
using Distribution.Dashboard.Webhooks;
using Microsoft.AspNetCore.DataProtection;

namespace Distribution.Dashboard.Tests.Webhooks;

/// <summary>From the API to a real receiver and back into the log.</summary>
public sealed class WebhookTests(WebhookTests.EagerHost eager) : IClassFixture<WebhookTests.EagerHost>, IAsyncLifetime
{
    private HookReceiver _receiver = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HttpClient Owner => field ??= eager.Portal.Client(eager.Portal.ApiKey);

    public async ValueTask InitializeAsync() => _receiver = await HookReceiver.StartAsync();

    public async ValueTask DisposeAsync()
    {
        Owner.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_test_event_arrives_signed_and_is_in_the_log()
    {
        (string id, string secret) = await MakeAsync();
        _receiver.Answers.Enqueue(new HookAnswer(HttpStatusCode.OK, "thank you\u0007"));

        JsonElement sent = await PostAsync($"/api/v1/webhooks/{id}/test");
        HookRequest request = await _receiver.NextAsync();

        Assert.Equal("/hook", request.Path);
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.Equal("webhook.test", request.Headers["Distribution-Event"]);
        Assert.Equal("1", request.Headers["Distribution-Attempt"]);
        Assert.Equal(sent.GetProperty("eventId").GetString(), request.EventId);
        Assert.Equal(request.EventId, request.Json.GetProperty("id").GetString());
        Assert.Equal("webhook.test", request.Json.GetProperty("type").GetString());
        Assert.Equal("default", request.Json.GetProperty("publisherId").GetString());
        Assert.Equal([true], Signatures(request, secret));
        JsonElement log = await LogAsync(id, sent, "delivered");
        JsonElement attempt = Assert.Single(log.GetProperty("attempts").EnumerateArray());
        Assert.Equal(200, attempt.GetProperty("status").GetInt32());
        Assert.Equal("thank you\uFFFD", attempt.GetProperty("response").GetString());
        Assert.InRange(attempt.GetProperty("latencyMilliseconds").GetInt32(), 0, 60_000);
        Assert.Equal(request.EventId, log.GetProperty("payload").GetProperty("id").GetString());
    }

    [Fact]
    public async Task It_is_tried_again_under_the_same_id_until_it_is_taken()
    {
        (string id, string secret) = await MakeAsync();
        _receiver.Answers.Enqueue(new HookAnswer(HttpStatusCode.InternalServerError, "not now"));
        _receiver.Answers.Enqueue(new HookAnswer(HttpStatusCode.OK, IsHung: true));

        JsonElement sent = await PostAsync($"/api/v1/webhooks/{id}/test");
        HookRequest[] requests =
        [
            await _receiver.NextAsync(),
            await _receiver.NextAsync(),
            await _receiver.NextAsync(),
        ];

        Assert.Single(requests.Select(request => request.EventId).Distinct());
        Assert.Single(requests.Select(request => Encoding.UTF8.GetString(request.Body)).Distinct());
        Assert.Equal(["1", "2", "3"], requests.Select(request => request.Headers["Distribution-Attempt"]));
        Assert.All(requests, request => Assert.Equal([true], Signatures(request, secret)));
        JsonElement log = await LogAsync(id, sent, "delivered");
        string[] errors =
        [
            .. log.GetProperty("attempts").EnumerateArray().Select(one => one.GetProperty("error").GetString()!),
        ];
        Assert.Equal(3, errors.Length);
        Assert.Equal("The receiver answers 500.", errors[0]);
        Assert.StartsWith("The receiver does not answer within", errors[1], StringComparison.Ordinal);
        Assert.Equal("", errors[2]);
    }

    [Fact]
    public async Task What_is_never_taken_is_given_up_and_can_be_sent_again_by_hand()
    {
        (string id, _) = await MakeAsync();
        for (int i = 0; i < EagerHost.Attempts; i++)
            _receiver.Answers.Enqueue(new HookAnswer(HttpStatusCode.NotFound, "nobody"));
        JsonElement sent = await PostAsync($"/api/v1/webhooks/{id}/test");
        string first = (await _receiver.NextAsync()).EventId;
        for (int i = 1; i < EagerHost.Attempts; i++)
            await _receiver.NextAsync();
        JsonElement failed = await LogAsync(id, sent, "failed");
        Assert.Equal(JsonValueKind.Null, failed.GetProperty("nextAttemptAt").ValueKind);

        JsonElement again = await PostAsync(
            $"/api/v1/webhooks/{id}/deliveries/{sent.GetProperty("id").GetString()}/redeliver"
        );
        HookRequest request = await _receiver.NextAsync();

        Assert.Equal(first, request.EventId);
        Assert.NotEqual(sent.GetProperty("id").GetString(), again.GetProperty("id").GetString());
        await LogAsync(id, again, "delivered");
        JsonElement list = await Owner.GetFromJsonAsync<JsonElement>($"/api/v1/webhooks/{id}/deliveries?limit=1", Stop);
        Assert.Equal(
            again.GetProperty("id").GetString(),
            Assert.Single(list.GetProperty("items").EnumerateArray()).GetProperty("id").GetString()
        );
        JsonElement next = await Owner.GetFromJsonAsync<JsonElement>(
            $"/api/v1/webhooks/{id}/deliveries?limit=1&cursor={list.GetProperty("nextCursor").GetString()}",
            Stop
        );
        Assert.Equal(
            sent.GetProperty("id").GetString(),
            Assert.Single(next.GetProperty("items").EnumerateArray()).GetProperty("id").GetString()
        );
    }

    [Fact]
    public async Task A_redirect_leads_nowhere()
    {
        (string id, _) = await MakeAsync();
        await using HookReceiver other = await HookReceiver.StartAsync();
        _receiver.Answers.Enqueue(new HookAnswer(HttpStatusCode.TemporaryRedirect, "", other.Url));

        JsonElement sent = await PostAsync($"/api/v1/webhooks/{id}/test");
        await _receiver.NextAsync();
        await _receiver.NextAsync();

        JsonElement log = await LogAsync(id, sent, "delivered");
        Assert.Contains(
            "redirects are not followed",
            log.GetProperty("attempts")[0].GetProperty("error").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal(0, other.Count);
    }

    [Fact]
    public async Task Who_says_that_it_is_gone_is_left_in_peace()
    {
        (string id, _) = await MakeAsync();
        _receiver.Answers.Enqueue(new HookAnswer(HttpStatusCode.Gone));
        JsonElement sent = await PostAsync($"/api/v1/webhooks/{id}/test");
        await _receiver.NextAsync();
        await LogAsync(id, sent, "failed");

        JsonElement webhook = await Owner.GetFromJsonAsync<JsonElement>($"/api/v1/webhooks/{id}", Stop);
        Assert.False(webhook.GetProperty("enabled").GetBoolean());
        Assert.Contains("410", webhook.GetProperty("disabledReason").GetString(), StringComparison.Ordinal);
        JsonElement audit = await Owner.GetFromJsonAsync<JsonElement>("/api/v1/audit", Stop);
        Assert.Contains(
            audit.GetProperty("items").EnumerateArray(),
            entry =>
                entry.GetProperty("action").GetString() == "webhook.disabled"
                && entry.GetProperty("subject").GetString() == id
        );
        using HttpResponseMessage enabled = await Owner.PatchAsJsonAsync(
            $"/api/v1/webhooks/{id}",
            new { enabled = true },
            Stop
        );
        JsonElement back = await enabled.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.True(back.GetProperty("enabled").GetBoolean());
        Assert.Equal(JsonValueKind.Null, back.GetProperty("disabledReason").ValueKind);
    }

    [Fact]
    public async Task After_a_rotation_both_secrets_sign()
    {
        (string id, string old) = await MakeAsync();
        JsonElement rotated = await PostAsync($"/api/v1/webhooks/{id}/rotate");
        string secret = rotated.GetProperty("secret").GetString()!;

        await PostAsync($"/api/v1/webhooks/{id}/test");
        HookRequest request = await _receiver.NextAsync();

        Assert.NotEqual(old, secret);
        Assert.Equal([true, false], Signatures(request, secret));
        Assert.Equal([false, true], Signatures(request, old));
        JsonElement shown = await Owner.GetFromJsonAsync<JsonElement>($"/api/v1/webhooks/{id}", Stop);
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("secret").ValueKind);
    }

    [Theory]
    [InlineData("ftp://example.org/")]
    [InlineData("https://user:password@example.org/")]
    [InlineData("https://example.org/#part")]
    [InlineData("/hook")]
    [InlineData("")]
    public async Task What_is_no_address_is_refused(string url)
    {
        using HttpResponseMessage answer = await Owner.PostAsJsonAsync(
            "/api/v1/webhooks",
            new { url, events = new[] { "*" } },
            Stop
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await Problem.AssertAsync(answer, "invalid-request");
    }

    [Theory]
    [InlineData("[\"file.published\",\"file.unheard-of\"]")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task Events_that_there_are_not_are_refused(string events)
    {
        using var body = new StringContent(
            $$"""{"url":"https://example.org/","events":{{events}}}""",
            Encoding.UTF8,
            "application/json"
        );

        using HttpResponseMessage answer = await Owner.PostAsync("/api/v1/webhooks", body, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_change_is_of_what_was_read()
    {
        (string id, _) = await MakeAsync();
        string path = $"/api/v1/webhooks/{id}";
        using HttpResponseMessage read = await Owner.GetAsync(path, Stop);
        using HttpResponseMessage first = await PatchAsync(path, read.Headers.ETag!.ToString(), new { note = "first" });
        using HttpResponseMessage second = await PatchAsync(
            path,
            read.Headers.ETag!.ToString(),
            new { note = "second" }
        );

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await Owner.DeleteAsync(path, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Owner.GetAsync(path, Stop)).StatusCode);
    }

    [Fact]
    public async Task Nothing_of_the_operators_network_is_reached_by_number_or_by_name()
    {
        var guarded = new DashboardOptions { KeysFolder = "unused" };
        var secrets = new WebhookSecrets(new EphemeralDataProtectionProvider(), TimeProvider.System);
        using var client = new WebhookClient(guarded, secrets, TimeProvider.System);
        int port = new Uri(_receiver.Url).Port;
        foreach (
            string host in new[] { "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433" }
        )
        {
            WebhookAttempt attempt = await client.SendAsync(
                new WebhookJob(
                    "delivery",
                    new Webhook
                    {
                        Id = "webhook",
                        PublisherId = "default",
                        Url = $"http://{host}:{port}/hook",
                        Events = [],
                        Note = "",
                        CreatedBy = "",
                        CreatedAt = default,
                        Secret = secrets.Create().Kept,
                    },
                    "event",
                    "webhook.test",
                    1,
                    "{}"
                ),
                Stop
            );
            Assert.Null(attempt.Status);
            Assert.Contains("in no public network", attempt.Error, StringComparison.Ordinal);
            Assert.NotNull(WebhookClient.Check($"http://{host}:{port}/hook", guarded.Webhooks));
        }
        Assert.Equal(0, _receiver.Count);
    }

    private async Task<(string Id, string Secret)> MakeAsync()
    {
        using HttpResponseMessage made = await Owner.PostAsJsonAsync(
            "/api/v1/webhooks",
            new { url = _receiver.Url, events = new[] { "*" } },
            Stop
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.True(made.Headers.CacheControl!.NoStore);
        JsonElement webhook = await made.Content.ReadFromJsonAsync<JsonElement>(Stop);
        return (webhook.GetProperty("id").GetString()!, webhook.GetProperty("secret").GetString()!);
    }

    private async Task<JsonElement> PostAsync(string path)
    {
        using HttpResponseMessage answer = await Owner.PostAsync(path, null, Stop);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private async Task<HttpResponseMessage> PatchAsync(string path, string tag, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, path) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", tag);
        return await Owner.SendAsync(request, Stop);
    }

    /// <summary>A delivery once it is in a state: what the receiver saw is written down a moment later.</summary>
    private async Task<JsonElement> LogAsync(string id, JsonElement delivery, string state)
    {
        string path = $"/api/v1/webhooks/{id}/deliveries/{delivery.GetProperty("id").GetString()}";
        while (true)
        {
            JsonElement log = await Owner.GetFromJsonAsync<JsonElement>(path, Stop);
            if (log.GetProperty("state").GetString() == state)
                return log;
            await Task.Delay(10, Stop);
        }
    }

    /// <summary>Of each signature whether it is this secret's, reckoned as the documentation says.</summary>
    private static bool[] Signatures(HookRequest request, string secret)
    {
        string[] parts = request.Headers["Distribution-Signature"].Split(',');
        string at = parts[0]["t=".Length..];
        Assert.InRange(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - long.Parse(at, null), -60, 60);
        byte[] signed = [.. Encoding.UTF8.GetBytes(at), (byte)'.', .. request.Body];
        string right = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
        return [.. parts.Skip(1).Select(part => part == $"v1={right}")];
    }

    /// <summary>A portal that may send to this machine, and does not wait long.</summary>
    public sealed class EagerHost : IAsyncLifetime
    {
        public const int Attempts = 3;

        public PortalHost Portal { get; } =
            new()
            {
                Webhooks = new WebhookOptions
                {
                    AllowPrivateAddresses = true,
                    Timeout = TimeSpan.FromSeconds(1),
                    LookEvery = TimeSpan.FromMilliseconds(20),
                    RetryAfter = [TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(20)],
                },
            };

        public ValueTask InitializeAsync() => Portal.InitializeAsync();

        public ValueTask DisposeAsync() => Portal.DisposeAsync();
    }
}
