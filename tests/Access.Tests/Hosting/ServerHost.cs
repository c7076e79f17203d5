using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Limits;
using Distribution.Ingest.Contents;
using Distribution.Standalone.Serving;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Distribution.Access.Tests.Hosting;

/// <summary>The whole server as <c>serve</c> composes it, in this process: real stores, real grains, real sockets.</summary>
public sealed class ServerHost : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"access-{Guid.NewGuid():N}");
    private WebApplication? _app;

    public string BaseUrl { get; private set; } = "";

    /// <summary>Of the data folder: the operator's.</summary>
    public string OperatorKey { get; private set; } = "";

    public string EdgeKey { get; private set; } = "";

    /// <summary>A second publisher, and the key of everything that its owner may do.</summary>
    public string OtherPublisherId { get; private set; } = "";

    public string OtherOwnerKey { get; private set; } = "";

    public string SignInUrl() => _app!.Services.GetRequiredService<ISignInLinks>().Create().Url;

    public IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. _app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    public OpenIdProvider OpenId { get; private set; } = null!;

    /// <summary>Before it starts: with Orleans' own dashboard.</summary>
    public bool WithOrleansDashboard { get; init; }

    public async ValueTask InitializeAsync()
    {
        OpenId = await OpenIdProvider.StartAsync();
        for (int attempt = 1; ; attempt++)
        {
            _app = Build();
            // Slow by design, and the tests make dozens.
            _app.Services.GetRequiredService<IOptions<PasswordHasherOptions>>().Value.IterationCount = 1_000;
            try
            {
                await _app.StartAsync();
                break;
            }
            catch (Exception) when (attempt < 5)
            {
                await _app.DisposeAsync();
            }
        }
        AccessKeys keys = AccessKeys.LoadOrCreate(DataFolder.KeysPath(_folder));
        (OperatorKey, EdgeKey) = (keys.ApiKey, keys.EdgeKey);
        using HttpClient server = Client(OperatorKey);
        JsonElement made = await PostAsync(server, "/api/v1/publishers", new { name = "The other one" });
        OtherPublisherId = made.GetProperty("id").GetString()!;
        using PortalBrowser owner = await JoinAsync(made.GetProperty("ownerInvitation").GetString()!, "other owner");
        OtherOwnerKey = await owner.MakeKeyAsync("read", "upload", "manage", "administer");
    }

    /// <summary>Follows no redirects and keeps no cookies.</summary>
    /// <param name="key">For the Authorization header; null: none.</param>
    public HttpClient Client(string? key = null, CookieContainer? cookies = null)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = cookies is not null,
            CookieContainer = cookies ?? new CookieContainer(),
        };
        var client = new HttpClient(handler) { BaseAddress = new Uri(BaseUrl) };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>A browser of a new account, which opened an invitation.</summary>
    public async Task<PortalBrowser> JoinAsync(string invitation, string name)
    {
        var browser = new PortalBrowser(this);
        using HttpResponseMessage joined = await browser.SubmitAsync(
            invitation,
            "join",
            ("Name", name),
            ("Password", PortalBrowser.Password),
            ("Again", PortalBrowser.Password)
        );
        Assert.Equal(HttpStatusCode.SeeOther, joined.StatusCode);
        return browser;
    }

    /// <summary>A browser of a new member of the first publisher.</summary>
    public async Task<PortalBrowser> MemberAsync(string role)
    {
        using HttpClient owner = Client(OperatorKey);
        JsonElement made = await PostAsync(owner, "/api/v1/invitations", new { role, note = "a test" });
        return await JoinAsync(made.GetProperty("url").GetString()!, $"{role} {Guid.NewGuid():N}");
    }

    /// <summary>The account of a member of the first publisher.</summary>
    public async Task<string> AccountIdAsync(PortalBrowser member)
    {
        JsonElement access = await member.Client.GetFromJsonAsync<JsonElement>("/api/v1/access");
        using HttpClient owner = Client(OperatorKey);
        JsonElement members = await owner.GetFromJsonAsync<JsonElement>("/api/v1/members");
        return members
            .GetProperty("items")
            .EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == access.GetProperty("name").GetString())
            .GetProperty("id")
            .GetString()!;
    }

    /// <summary>A key of the first publisher with these scopes alone.</summary>
    public async Task<string> KeyAsync(params string[] scopes)
    {
        using HttpClient owner = Client(OperatorKey);
        JsonElement made = await PostAsync(owner, "/api/v1/keys", new { name = "a test", scopes });
        return made.GetProperty("secret").GetString()!;
    }

    /// <summary>Uploads a small file; its id, once it is published.</summary>
    public async Task<string> PublishAsync(string name, string title, string? key = null, string? content = null)
    {
        using HttpClient publisher = Client(key ?? OperatorKey);
        string id = await BeginUploadAsync(publisher, name, title, content?.Length ?? 5);
        using var patch = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/uploads/{id}");
        patch.Headers.Add("Tus-Resumable", "1.0.0");
        patch.Headers.Add("Upload-Offset", "0");
        patch.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content ?? id[..5]));
        patch.Content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        using HttpResponseMessage sent = await publisher.SendAsync(patch);
        Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        while (true)
        {
            JsonElement file = await publisher.GetFromJsonAsync<JsonElement>($"/api/v1/files/{id}");
            if (file.GetProperty("state").GetString() == "published")
                return id;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public static async Task<string> BeginUploadAsync(HttpClient publisher, string name, string title, int size)
    {
        using var create = new HttpRequestMessage(HttpMethod.Post, "/api/v1/uploads");
        create.Headers.Add("Tus-Resumable", "1.0.0");
        create.Headers.Add("Upload-Length", size.ToString(System.Globalization.CultureInfo.InvariantCulture));
        create.Headers.Add("Upload-Metadata", $"filename {Base64(name)},title {Base64(title)}");
        using HttpResponseMessage created = await publisher.SendAsync(create);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        return created.Headers.Location!.OriginalString.Split('/')[^1];
    }

    public static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using HttpResponseMessage answer = await client.PostAsJsonAsync(path, body);
        Assert.True(
            answer.IsSuccessStatusCode,
            $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}"
        );
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Everything that the state database has in its files, as Latin-1 text.</summary>
    public async Task<string> ReadStateAsync()
    {
        var all = new StringBuilder();
        foreach (string path in Directory.GetFiles(_folder, "state.db*"))
        {
            // SQLite has it open.
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file, Encoding.Latin1);
            all.Append(await reader.ReadToEndAsync());
        }
        Assert.NotEqual(0, all.Length);
        return all.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        await OpenId.DisposeAsync();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private WebApplication Build()
    {
        // Links name the port, so it is chosen before it is taken; a start that loses the race is made again.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        listener.Stop();
        BaseUrl = url.GetLeftPart(UriPartial.Authority);
        return ServeHost.Build(
            new ServeOptions
            {
                DataFolder = _folder,
                Urls = [url],
                PublicBaseUrl = url,
                EdgePort = 0,
                TrackerUdpPort = 0,
                OrleansDashboard = WithOrleansDashboard,
                Blobs = ContentLocation.InFolder(DataFolder.ContentPath(_folder)),
                // The tests sign in dozens of times a minute, all from one address.
                Portal = new PortalOptions
                {
                    RateLimits = new RateLimitOptions { SignInBurst = 10_000 },
                    WebhooksPrivate = true,
                },
                OpenId = new OpenIdOptions(OpenId.Authority, OpenIdProvider.ClientId, null, "The provider"),
            },
            null,
            [],
            new ConfigurationBuilder()
                .AddInMemoryCollection([
                    new("Logging:LogLevel:Distribution", "Error"),
                    new("Logging:LogLevel:Microsoft", "Error"),
                ])
                .Build()
        );
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
