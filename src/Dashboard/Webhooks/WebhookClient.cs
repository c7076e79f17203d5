using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Distribution.Contracts.Networks;
using Distribution.Contracts.Webhooks;
using Distribution.Dashboard.Text;

namespace Distribution.Dashboard.Webhooks;

/// <summary>
/// Sends an event to a receiver. A name is looked up once for each connection and the connection goes to the address that was checked, so that no
/// name server can lead it into the operator's network; redirects are answers like others, and not followed.
/// </summary>
internal sealed class WebhookClient : IDisposable
{
    public const int MaxResponseChars = 1024;

    private readonly DashboardOptions _options;
    private readonly WebhookSecrets _secrets;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public WebhookClient(DashboardOptions options, WebhookSecrets secrets, TimeProvider time)
    {
        _options = options;
        _secrets = secrets;
        _time = time;
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                // A proxy would look names up by itself.
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                MaxResponseHeadersLength = 16,
                // Each attempt looks the name up anew.
                PooledConnectionLifetime = TimeSpan.Zero,
                ConnectCallback = ConnectAsync,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("distribution-webhooks");
    }

    /// <summary>Why an address cannot be a receiver's, for people; null: it may be one. Names are looked up only when something is sent.</summary>
    public static Refusal? Check(string? url, WebhookOptions options) =>
        url is null || url.Length > 2000 || !Uri.TryCreate(url, UriKind.Absolute, out Uri? address)
            ? new Refusal("url is an http or https address of at most {0} characters.", 2000)
        : address.Scheme is not ("http" or "https") ? new Refusal("url is an http or https address.")
        : address.UserInfo.Length > 0 ? new Refusal("url has no name and password in it.")
        : address.Fragment.Length > 0 ? new Refusal("url has no fragment.")
        : !options.AllowPrivateAddresses && IsPrivate(address)
            ? new Refusal("url is in no public network; the server's operator must allow webhooks to private ones.")
        : null;

    private static bool IsPrivate(Uri address) =>
        address.IsLoopback
        || (
            IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? literal)
            && !PublicAddresses.Contains(literal)
        );

    /// <summary>One attempt. Whatever goes wrong is told in it.</summary>
    public async Task<WebhookAttempt> SendAsync(WebhookJob job, CancellationToken stop)
    {
        DateTimeOffset at = _time.GetUtcNow();
        long startedAt = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_options.Webhooks.Timeout);
        int? status = null;
        string error = "";
        string response = "";
        try
        {
            IReadOnlyList<string> secrets = _secrets.Of(job.Webhook);
            if (secrets.Count == 0)
                return Ended("The server cannot read the secret any more: rotate it.");
            using HttpRequestMessage request = CreateRequest(job, at, secrets);
            using HttpResponseMessage answer = await _http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                limit.Token
            );
            status = (int)answer.StatusCode;
            response = await ReadStartAsync(answer, limit.Token);
            if (!answer.IsSuccessStatusCode)
                error = status is >= 300 and < 400
                    ? $"The receiver answers {status}: redirects are not followed."
                    : $"The receiver answers {status}.";
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            error = $"The receiver does not answer within {_options.Webhooks.Timeout.TotalSeconds:0.###} s.";
        }
        catch (HttpRequestException fault)
        {
            error = $"The receiver cannot be reached: {fault.InnerException?.Message ?? fault.Message}";
        }
        catch (IOException fault)
        {
            error = $"The receiver's answer broke off: {fault.Message}";
        }
        return Ended(error);

        WebhookAttempt Ended(string why) =>
            new(
                job.Attempt,
                at,
                status,
                (int)Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds,
                why.Length <= 300 ? why : why[..300],
                response
            );
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage CreateRequest(WebhookJob job, DateTimeOffset at, IReadOnlyList<string> secrets)
    {
        byte[] body = Encoding.UTF8.GetBytes(job.Payload);
        var request = new HttpRequestMessage(HttpMethod.Post, job.Webhook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation(WebhookSignature.Header, WebhookSignature.Of(at, body, secrets));
        request.Headers.TryAddWithoutValidation("Distribution-Event", job.EventType);
        request.Headers.TryAddWithoutValidation("Distribution-Event-Id", job.EventId);
        request.Headers.TryAddWithoutValidation("Distribution-Delivery", job.DeliveryId);
        request.Headers.TryAddWithoutValidation(
            "Distribution-Attempt",
            job.Attempt.ToString(System.Globalization.CultureInfo.InvariantCulture)
        );
        return request;
    }

    /// <summary>The beginning of an answer's body, without what a terminal or a page could trip over.</summary>
    private static async Task<string> ReadStartAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        await using Stream body = await answer.Content.ReadAsStreamAsync(stop);
        var start = new byte[MaxResponseChars];
        int length = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, stop);
        return string.Concat(
            Encoding
                .UTF8.GetString(start.AsSpan(0, length))
                .Select(letter => char.IsControl(letter) && letter is not ('\n' or '\t') ? '\uFFFD' : letter)
        );
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        DnsEndPoint asked = context.DnsEndPoint;
        IPAddress[] addresses = IPAddress.TryParse(asked.Host, out IPAddress? literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(asked.Host, stop);
        IPAddress[] allowed =
        [
            .. addresses.Where(address => _options.Webhooks.AllowPrivateAddresses || PublicAddresses.Contains(address)),
        ];
        if (allowed.Length == 0)
            throw new IOException(
                $"{asked.Host} is in no public network; the server's operator must allow webhooks to private ones."
            );
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, asked.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
