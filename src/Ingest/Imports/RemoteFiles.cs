using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Distribution.Contracts.Networks;

namespace Distribution.Ingest.Imports;

/// <summary>
/// Files at http and https addresses. A name is looked up once for each connection, and the connection goes to the address that was
/// checked, so that no later answer of a name server can lead elsewhere; each redirect is checked the same way.
/// </summary>
internal sealed class RemoteFiles : IDisposable
{
    private const int MaxRedirects = 5;

    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(30);

    /// <summary>A source that sends nothing for so long is gone.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private readonly bool _allowsPrivate;
    private readonly HttpClient _http;

    public RemoteFiles(IngestOptions options)
    {
        _allowsPrivate = options.ImportFromPrivateAddresses;
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                // A proxy would look names up by itself.
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                MaxResponseHeadersLength = 64,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                ConnectCallback = ConnectAsync,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("distribution");
    }

    /// <summary>Asks what there is.</summary>
    /// <exception cref="SourceFaultException">Nothing that can be imported.</exception>
    /// <exception cref="IOException">Nobody answers for now.</exception>
    public async Task<RemoteFile> FindAsync(Uri url, CancellationToken cancellation)
    {
        using HttpResponseMessage head = await SendAsync(HttpMethod.Head, url, null, null, cancellation);
        if (head.IsSuccessStatusCode && head.Content.Headers.ContentLength is not null)
            return Read(head);
        // Some servers, and some signed links, know GET alone. Its body is not read.
        using HttpResponseMessage get = await SendAsync(HttpMethod.Get, url, null, null, cancellation);
        ThrowIfRefused(get);
        return Read(get);
    }

    /// <summary>A file's bytes from an offset on.</summary>
    /// <param name="known">What <see cref="FindAsync"/> said once.</param>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<Stream> OpenAsync(Uri url, RemoteFile known, long offset, CancellationToken cancellation)
    {
        HttpResponseMessage response = await SendAsync(HttpMethod.Get, url, offset, known.Version, cancellation);
        try
        {
            // Without "If-Range" the condition is ours to check: a server that knows none must not slip another file in.
            ThrowIfRefused(response);
            RemoteFile now =
                response.StatusCode == HttpStatusCode.PartialContent ? ReadPart(response, offset) : Read(response);
            if (now.SizeBytes != known.SizeBytes || now.Version != known.Version)
                throw new SourceFaultException("The source has changed since the import began.");
            Stream body = new PatientStream(response, await response.Content.ReadAsStreamAsync(cancellation), Silence);
            if (response.StatusCode != HttpStatusCode.PartialContent)
                await SkipAsync(body, offset, cancellation);
            return body;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        Uri url,
        long? offset,
        string? version,
        CancellationToken cancellation
    )
    {
        for (int redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(method, url);
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (offset > 0)
            {
                request.Headers.Range = new RangeHeaderValue(offset, null);
                if (version is { Length: > 0 })
                    request.Headers.TryAddWithoutValidation("If-Range", version);
            }
            HttpResponseMessage response = await SendAsync(request, cancellation);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308))
                return response;
            using (response)
            {
                if (response.Headers.Location is not { } location)
                    throw new SourceFaultException("The source redirects to nowhere.");
                var next = new Uri(url, location);
                if (url.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps)
                    throw new SourceFaultException("The source redirects from https to less.");
                Check(next);
                url = next;
            }
        }
        throw new SourceFaultException($"The source redirects more than {MaxRedirects} times.");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(HeadTimeout);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        catch (HttpRequestException e) when (e.InnerException is SourceFaultException fault)
        {
            throw new SourceFaultException(fault.Message);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"The source does not answer: {e.InnerException?.Message ?? e.Message}", e);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"The source does not answer within {HeadTimeout.TotalSeconds} s.");
        }
    }

    /// <summary>Refuses what is no http or https address.</summary>
    /// <exception cref="SourceFaultException">It is none.</exception>
    public static void Check(Uri url)
    {
        if (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            throw new SourceFaultException("A source is an http or https address without a name and password in it.");
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        DnsEndPoint asked = context.DnsEndPoint;
        IPAddress[] addresses = IPAddress.TryParse(asked.Host, out IPAddress? literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(asked.Host, cancellation);
        IPAddress[] allowed = [.. addresses.Where(address => _allowsPrivate || PublicAddresses.Contains(address))];
        if (allowed.Length == 0)
            throw new SourceFaultException(
                $"{asked.Host} is in no public network; the server's operator must allow imports from private ones."
            );
        Exception? last = null;
        foreach (IPAddress address in allowed)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, asked.Port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e)
            {
                socket.Dispose();
                last = e;
                if (e is not SocketException)
                    break;
            }
        }
        throw new IOException($"{asked.Host} cannot be reached: {last!.Message}", last);
    }

    private static void ThrowIfRefused(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
            return;
        int status = (int)response.StatusCode;
        string text = $"The source answers {status.ToString(CultureInfo.InvariantCulture)}.";
        if (status >= 500 || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests)
            throw new IOException(text);
        throw new SourceFaultException(text);
    }

    private static RemoteFile Read(HttpResponseMessage response) =>
        response.Content.Headers.ContentLength is { } length
            ? new RemoteFile(length, VersionOf(response), response.Content.Headers.ContentType?.MediaType)
            : throw new SourceFaultException("The source does not say how long the file is.");

    private static RemoteFile ReadPart(HttpResponseMessage response, long offset) =>
        response.Content.Headers.ContentRange is { Length: { } length } range && range.From == offset
            ? new RemoteFile(length, VersionOf(response), response.Content.Headers.ContentType?.MediaType)
            : throw new SourceFaultException("The source sends another part of the file than was asked for.");

    private static string VersionOf(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? tag.Tag
        : response.Content.Headers.TryGetValues("Last-Modified", out IEnumerable<string>? modified) ? modified.First()
        : "";

    private static async Task SkipAsync(Stream body, long bytes, CancellationToken cancellation)
    {
        var buffer = new byte[64 << 10];
        while (bytes > 0)
        {
            int read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), cancellation);
            if (read == 0)
                throw new IOException("The source ends early.");
            bytes -= read;
        }
    }
}
