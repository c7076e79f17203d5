using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Distribution.Standalone.Client;

/// <summary>One server's API, as a publisher calls it. Whatever goes wrong comes back as a <see cref="Failure"/>.</summary>
internal sealed class ServerClient : IDisposable
{
    /// <summary>For a call that moves no file.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    public ServerClient(Uri server, string apiKey)
    {
        Server = server;
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(10),
                AllowAutoRedirect = false,
                ConnectCallback = ServerConnection.ConnectAsync,
            }
        )
        {
            BaseAddress = new Uri(server.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("distribution");
    }

    public Uri Server { get; }

    /// <summary>A path below the server's address, as an absolute address.</summary>
    public Uri Address(string relative) => new(_http.BaseAddress!, relative);

    /// <summary>The answer's JSON document.</summary>
    public async Task<Answer<JsonElement>> GetJsonAsync(string path, CancellationToken stop)
    {
        return Document(await GetTextAsync(path, "application/json", stop));
    }

    /// <summary>An answer's text as a JSON document.</summary>
    public Answer<JsonElement> Document(Answer<string> text)
    {
        if (!text.TryGet(out string? json, out Failure? failure))
            return failure;
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return new Failure($"{Server} did not answer with JSON: is it a Distribution server?");
        }
    }

    public async Task<Answer<string>> GetTextAsync(string path, string mediaType, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(mediaType);
        return await TextAsync(request, stop);
    }

    /// <summary>Sends a JSON document.</summary>
    public async Task<Answer<string>> PostJsonAsync(string path, string json, string mediaType, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd(mediaType);
        return await TextAsync(request, stop);
    }

    /// <summary>The answer's body, often empty.</summary>
    public async Task<Answer<string>> DeleteAsync(string path, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        return await TextAsync(request, stop);
    }

    /// <summary>Sends as it is; the caller judges the status and disposes the answer. No time limit but <paramref name="stop"/>.</summary>
    public async Task<Answer<HttpResponseMessage>> SendAsync(HttpRequestMessage request, CancellationToken stop)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        }
        catch (HttpRequestException fault)
        {
            return new Failure(Describe(fault), IsTransient: true);
        }
        catch (IOException fault)
        {
            return new Failure($"The connection to {Server} broke: {fault.Message}", IsTransient: true);
        }
    }

    /// <summary>What a status other than success means, with the server's own words where it gave some.</summary>
    public async Task<Failure> FailureOfAsync(HttpResponseMessage response, CancellationToken stop)
    {
        HttpStatusCode status = response.StatusCode;
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            return new Failure($"{Server} refused the API key.", Status: status);
        string told = await DetailAsync(response, stop);
        bool transient =
            (int)status >= 500 && status != HttpStatusCode.InsufficientStorage
            || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.Locked;
        string code = ((int)status).ToString(CultureInfo.InvariantCulture);
        return new Failure(
            told.Length > 0 ? $"{Server} answered {code}: {told}" : $"{Server} answered {code}.",
            transient,
            status
        );
    }

    public void Dispose() => _http.Dispose();

    private async Task<Answer<string>> TextAsync(HttpRequestMessage request, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(CallTimeout);
        try
        {
            Answer<HttpResponseMessage> sent = await SendAsync(request, limit.Token);
            if (!sent.TryGet(out HttpResponseMessage? response, out Failure? failure))
                return failure;
            using (response)
            {
                if (!response.IsSuccessStatusCode)
                    return await FailureOfAsync(response, limit.Token);
                return await response.Content.ReadAsStringAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Failure($"{Server} did not answer within {CallTimeout.TotalSeconds} s.", IsTransient: true);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return new Failure($"The connection to {Server} broke: {fault.Message}", IsTransient: true);
        }
    }

    private string Describe(HttpRequestException fault) =>
        fault switch
        {
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                $"Nothing listens at {Server}: is `distribution serve` running there?",
            { HttpRequestError: HttpRequestError.NameResolutionError } => $"The host of {Server} is not known.",
            { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                $"No secure connection to {Server}: {fault.InnerException?.Message ?? fault.Message}",
            _ => $"The connection to {Server} failed: {fault.InnerException?.Message ?? fault.Message}",
        };

    /// <summary>The <c>detail</c> or <c>title</c> of problem+json (RFC 9457), or a short plain text.</summary>
    private static async Task<string> DetailAsync(HttpResponseMessage response, CancellationToken stop)
    {
        const int longest = 500;
        try
        {
            string body = await response.Content.ReadAsStringAsync(stop);
            string? mediaType = response.Content.Headers.ContentType?.MediaType;
            if (mediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase) == true)
            {
                using var problem = JsonDocument.Parse(body);
                body = Text(problem.RootElement, "detail") ?? Text(problem.RootElement, "title") ?? "";
            }
            else if (mediaType?.EndsWith("html", StringComparison.OrdinalIgnoreCase) == true)
            {
                body = "";
            }
            var line = new StringBuilder(Math.Min(body.Length, longest));
            foreach (char letter in body.AsSpan(0, Math.Min(body.Length, longest)))
                line.Append(char.IsControl(letter) ? ' ' : letter);
            return line.ToString().Trim();
        }
        catch (Exception fault) when (fault is JsonException or HttpRequestException or IOException)
        {
            return "";
        }
    }

    private static string? Text(JsonElement problem, string name) =>
        problem.ValueKind == JsonValueKind.Object
        && problem.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
