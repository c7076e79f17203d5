using System.Globalization;
using System.Net.Http.Headers;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Uploads;

/// <summary>
/// One test for each MUST of tus 1.0.0 that a server can keep, in the protocol's order and close to its words; docs/tus-compliance.md is
/// the list of them. Here is what the chapters share.
/// </summary>
public abstract class TusComplianceTests(TestSilo silo) : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private IngestServer? _server;

    private protected IngestServer Server => _server!;

    private protected HttpClient Client => Server.Client;

    private protected string ContentFolder => Path.Combine(_folder.Path, "content");

    public async ValueTask InitializeAsync() => await RestartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task RestartAsync(Func<IngestOptions, IngestOptions>? change = null)
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _server = await IngestServer.StartAsync(
            silo.Grains,
            _folder.Path,
            o => (change?.Invoke(o) ?? o) with { MaxUploadBytes = 1_000_000_000 }
        );
    }

    /// <summary>Sends a request with these headers, "Name: value" each, to an upload or, without an id, to where they are created.</summary>
    private protected Task<HttpResponseMessage> SendAsync(
        string method,
        string? id = null,
        byte[]? body = null,
        params string[] headers
    )
    {
        var request = new HttpRequestMessage(new HttpMethod(method), id is null ? Tus.Root : $"{Tus.Root}/{id}");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/offset+octet-stream");
        }
        foreach (string header in headers)
        {
            int colon = header.IndexOf(':', StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].Trim());
        }
        return Client.SendAsync(request);
    }

    private protected async Task<string> OptionAsync(string header)
    {
        using HttpResponseMessage response = await SendAsync("OPTIONS");
        return One(response, header)!;
    }

    /// <summary>A header's only value; null: it is not there.</summary>
    private protected static string? One(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out IEnumerable<string>? values) ? Assert.Single(values) : null;

    private protected static string IdOf(HttpResponseMessage created) =>
        created.Headers.Location!.ToString().Split('/')[^1];

    private protected static string Offset(long offset) =>
        string.Create(CultureInfo.InvariantCulture, $"Upload-Offset: {offset}");

    private protected static string Length(long length) =>
        string.Create(CultureInfo.InvariantCulture, $"Upload-Length: {length}");

    private protected static string Named(string name) => $"Upload-Metadata: {Tus.Metadata(name)}";
}
