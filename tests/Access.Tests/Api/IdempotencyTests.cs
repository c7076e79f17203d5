using System.Net;
using System.Text;
using System.Text.Json;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests.Api;

/// <summary>A POST with an Idempotency-Key happens once.</summary>
public class IdempotencyTests(ServerHost host)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sent_again_it_gets_the_first_answer_and_makes_nothing_more()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        string key = Guid.NewGuid().ToString();
        string name = $"once {key}";
        object body = new { name, scopes = new[] { "read" } };

        using HttpResponseMessage first = await PostAsync(owner, "/api/v1/keys", key, body);
        using HttpResponseMessage again = await PostAsync(owner, "/api/v1/keys", key, body);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        string made = await first.Content.ReadAsStringAsync(Stop);
        Assert.Equal(made, await again.Content.ReadAsStringAsync(Stop));
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        Assert.True(again.Headers.CacheControl!.NoStore);
        JsonElement keys = await owner.GetFromJsonAsync<JsonElement>("/api/v1/keys", Stop);
        Assert.Single(keys.GetProperty("items").EnumerateArray(), one => one.GetProperty("name").GetString() == name);
        // The secret that the answer showed once stands nowhere as it is.
        string secret = JsonDocument.Parse(made).RootElement.GetProperty("secret").GetString()!;
        Assert.DoesNotContain(secret, await host.ReadStateAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_at_once_one_is_done()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        string key = Guid.NewGuid().ToString();
        object body = new { role = "analyst", note = key };

        HttpResponseMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => PostAsync(owner, "/api/v1/invitations", key, body))
        );

        Assert.Contains(answers, one => one.StatusCode == HttpStatusCode.Created);
        foreach (HttpResponseMessage busy in answers.Where(one => one.StatusCode != HttpStatusCode.Created))
            await AssertProblemAsync(busy, HttpStatusCode.Conflict, "idempotency-in-progress");
        JsonElement list = await owner.GetFromJsonAsync<JsonElement>("/api/v1/invitations", Stop);
        Assert.Single(list.GetProperty("items").EnumerateArray(), one => one.GetProperty("note").GetString() == key);
    }

    [Fact]
    public async Task A_key_is_of_one_request_and_of_whoever_sent_it()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        using HttpClient other = host.Client(host.OtherOwnerKey);
        string key = Guid.NewGuid().ToString();
        object body = new { role = "analyst", note = "one" };
        using HttpResponseMessage first = await PostAsync(owner, "/api/v1/invitations", key, body);

        using HttpResponseMessage changed = await PostAsync(
            owner,
            "/api/v1/invitations",
            key,
            new { role = "owner", note = "one" }
        );
        using HttpResponseMessage elsewhere = await PostAsync(owner, "/api/v1/keys", key, body);
        using HttpResponseMessage others = await PostAsync(other, "/api/v1/invitations", key, body);

        await AssertProblemAsync(changed, HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        await AssertProblemAsync(elsewhere, HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        Assert.Equal(HttpStatusCode.Created, others.StatusCode);
        Assert.NotEqual(await first.Content.ReadAsStringAsync(Stop), await others.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task What_was_refused_can_be_sent_as_it_should_be()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        string key = Guid.NewGuid().ToString();

        using HttpResponseMessage refused = await PostAsync(owner, "/api/v1/invitations", key, new { role = "king" });
        using HttpResponseMessage right = await PostAsync(owner, "/api/v1/invitations", key, new { role = "analyst" });
        using HttpResponseMessage bad = await PostAsync(owner, "/api/v1/invitations", new string('k', 256), new { });

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Created, right.StatusCode);
        await AssertProblemAsync(bad, HttpStatusCode.BadRequest, "invalid-request");
    }

    [Fact]
    public async Task An_upload_is_created_once()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        string key = Guid.NewGuid().ToString();

        using HttpResponseMessage first = await CreateUploadAsync(owner, key, 7);
        using HttpResponseMessage again = await CreateUploadAsync(owner, key, 7);
        using HttpResponseMessage other = await CreateUploadAsync(owner, key, 8);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal("1.0.0", Assert.Single(again.Headers.GetValues("Tus-Resumable")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    private static async Task<HttpResponseMessage> CreateUploadAsync(HttpClient client, string key, int length)
    {
        using var create = new HttpRequestMessage(HttpMethod.Post, "/api/v1/uploads");
        create.Headers.Add("Tus-Resumable", "1.0.0");
        create.Headers.Add("Idempotency-Key", key);
        create.Headers.Add("Upload-Length", length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        create.Headers.Add("Upload-Metadata", $"filename {Convert.ToBase64String(Encoding.UTF8.GetBytes("once.mp4"))}");
        return await client.SendAsync(create, Stop);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return await client.SendAsync(request, Stop);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string name)
    {
        Assert.Equal(status, answer.StatusCode);
        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal($"urn:distribution:problem:{name}", problem.GetProperty("type").GetString());
    }
}
