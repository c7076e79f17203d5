using System.Net;
using Distribution.Dashboard.Limits;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Limits;

/// <summary>A portal that allows little, so that a test reaches it.</summary>
public sealed class RateLimitTests : IAsyncLifetime
{
    private const int Burst = 4;

    private readonly PortalHost _host = new()
    {
        RateLimits = new RateLimitOptions
        {
            RequestsPerSecond = 1,
            RequestBurst = Burst,
            StrangersPerSecond = 1,
            StrangerBurst = Burst,
            SignInsPerMinute = 1,
            SignInBurst = 2,
        },
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Who_asks_too_much_is_told_when_to_come_back_and_nobody_else_is()
    {
        using HttpClient key = _host.Client(_host.ApiKey);
        using HttpClient nobody = _host.Client();

        HttpResponseMessage refused = await UntilRefusedAsync(() => key.GetAsync("/api/v1/access", Stop));

        await Problem.AssertAsync(refused, "too-many-requests");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 2);
        // A stranger at the same address has tokens of its own, and runs out of them by itself.
        using HttpResponseMessage stranger = await nobody.GetAsync("/api/v1/access", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        using HttpResponseMessage page = await UntilRefusedAsync(() => nobody.GetAsync("/sign-in", Stop));
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(page.Headers.RetryAfter);
        Assert.Contains("Too many requests", await page.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        // Viewers are none of these, and neither are edges.
        using HttpClient edge = _host.Client(_host.EdgeKey);
        for (int i = 0; i < 3 * Burst; i++)
        {
            using HttpResponseMessage watch = await nobody.GetAsync("/watch/x", Stop);
            Assert.Equal(HttpStatusCode.NotFound, watch.StatusCode);
            using HttpResponseMessage beat = await edge.PostAsync("/api/v1/edge/n/heartbeat", null, Stop);
            Assert.Equal(HttpStatusCode.OK, beat.StatusCode);
        }
        // It is a pause, not a ban.
        await Task.Delay(refused.Headers.RetryAfter.Delta.Value, Stop);
        await UntilServedAsync(() => key.GetAsync("/api/v1/access", Stop));
    }

    /// <summary>On a loaded machine the clock that hands out tokens may be late; a ban would never end.</summary>
    private static async Task UntilServedAsync(Func<Task<HttpResponseMessage>> ask)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            using HttpResponseMessage answer = await ask();
            if (answer.StatusCode == HttpStatusCode.OK)
                return;
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
            await Task.Delay(answer.Headers.RetryAfter!.Delta!.Value, patience.Token);
        }
    }

    [Fact]
    public async Task Signing_in_is_held_shorter()
    {
        using HttpClient nobody = _host.Client();
        using var form = new FormUrlEncodedContent([new("_handler", "password")]);

        HttpResponseMessage[] answers =
        [
            await nobody.PostAsync("/sign-in", form, Stop),
            await nobody.PostAsync("/sign-in", form, Stop),
            await nobody.PostAsync("/sign-in", form, Stop),
        ];

        Assert.Equal(
            [HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.TooManyRequests],
            answers.Select(answer => answer.StatusCode)
        );
        Assert.InRange(answers[^1].Headers.RetryAfter!.Delta!.Value.TotalSeconds, 2, 60);
    }

    [Fact]
    public async Task Changes_of_an_account_are_held_as_short_as_signing_in()
    {
        using HttpClient nobody = _host.Client();
        var answers = new List<HttpStatusCode>();

        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage answer = await nobody.PutAsync("/api/v1/account/password", null, Stop);
            answers.Add(answer.StatusCode);
        }

        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests],
            answers
        );
    }

    [Fact]
    public void Settings_that_make_no_sense_are_named()
    {
        var options = new RateLimitOptions { RequestsPerSecond = -1, SignInBurst = 0 };

        Assert.Equal(2, options.Problems().Count());
    }

    private static async Task<HttpResponseMessage> UntilRefusedAsync(Func<Task<HttpResponseMessage>> ask)
    {
        // A slow machine gets a token back in between; it never keeps up with one a second.
        for (int i = 0; i < 20 * Burst; i++)
        {
            HttpResponseMessage answer = await ask();
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                return answer;
            answer.Dispose();
        }
        throw new InvalidOperationException("Nothing was refused.");
    }
}
