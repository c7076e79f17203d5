using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Distribution.Standalone.Client;

namespace Distribution.Standalone.Uploads;

/// <summary>The calls of a tus 1.0.0 client: creation, HEAD, PATCH (https://tus.io/protocols/resumable-upload).</summary>
internal sealed class TusClient(ServerClient server)
{
    /// <summary>A PATCH that moves nothing for this long is given up.</summary>
    private static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private static readonly JsonSerializerOptions FolderJson = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The longest PATCH that was taken whole, in bytes.</summary>
    private long _longestTaken;

    private bool _asksBefore = true;

    /// <summary>Creates an upload; answers its Location.</summary>
    public async Task<Answer<Uri>> CreateAsync(UploadSource source, UploadWishes wishes, CancellationToken stop)
    {
        using HttpRequestMessage request = source.IsFolder ? NewFolder(source, wishes) : NewFile(source, wishes);
        return await CallAsync<Uri>(
            request,
            response =>
                response.StatusCode == HttpStatusCode.Created && response.Headers.Location is { } location
                    ? new Uri(request.RequestUri!, location)
                    : null,
            stop
        );
    }

    /// <summary>How many bytes the server holds.</summary>
    public async Task<Answer<long>> GetOffsetAsync(Uri location, CancellationToken stop)
    {
        using HttpRequestMessage request = Request(HttpMethod.Head, location);
        return await CallAsync(request, UploadOffset, stop);
    }

    /// <summary>Sends a part of the source; answers the offset behind it. <paramref name="sent"/> may hear of bytes that get lost.</summary>
    public async Task<Answer<long>> PatchAsync(
        Uri location,
        UploadSource source,
        long offset,
        long lengthBytes,
        Action<int> sent,
        CancellationToken stop
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(StallTimeout);
        using HttpRequestMessage request = Request(HttpMethod.Patch, location);
        // Whoever finds it too long says so before the body is under way: an answer in its midst often gets lost with the connection.
        request.Headers.ExpectContinue = _asksBefore && lengthBytes > _longestTaken;
        request.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
        request.Content = new UploadPart(
            source.Files,
            offset,
            lengthBytes,
            bytes =>
            {
                limit.CancelAfter(StallTimeout);
                sent(bytes);
            }
        );
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/offset+octet-stream");
        Answer<long> answer = await SendAsync(request, UploadOffset, limit, stop);
        if (answer.TryGet(out _, out Failure? failure))
            _longestTaken = Math.Max(_longestTaken, lengthBytes);
        else if (failure.Status == HttpStatusCode.ExpectationFailed && _asksBefore)
        {
            // An old proxy: it cannot be asked.
            _asksBefore = false;
            return failure with { IsTransient = true };
        }
        return answer;
    }

    private HttpRequestMessage NewFile(UploadSource source, UploadWishes wishes)
    {
        HttpRequestMessage request = Request(HttpMethod.Post, server.Address("api/v1/uploads"));
        request.Headers.Add("Upload-Length", source.SizeBytes.ToString(CultureInfo.InvariantCulture));
        var metadata = new List<string> { Pair("filename", source.Name), Pair("filetype", source.ContentType) };
        if (!string.IsNullOrWhiteSpace(wishes.Title))
            metadata.Add(Pair("title", wishes.Title));
        if (wishes.Format is { } format)
            metadata.Add(Pair("format", format));
        if (wishes.PieceLengthBytes is { } pieceLength)
            metadata.Add(Pair("piecelength", pieceLength.ToString(CultureInfo.InvariantCulture)));
        if (wishes.Replaces is { } replaces)
            metadata.Add(Pair("replaces", replaces));
        request.Headers.Add("Upload-Metadata", string.Join(',', metadata));
        return request;
    }

    private HttpRequestMessage NewFolder(UploadSource source, UploadWishes wishes)
    {
        HttpRequestMessage request = Request(HttpMethod.Post, server.Address("api/v1/folders"));
        request.Content = JsonContent.Create(
            new
            {
                source.Name,
                Title = string.IsNullOrWhiteSpace(wishes.Title) ? null : wishes.Title,
                wishes.Format,
                PieceLength = wishes.PieceLengthBytes,
                wishes.Replaces,
                Files = source.Files.Select(file => new { Path = file.Name, Size = file.SizeBytes }),
            },
            options: FolderJson
        );
        return request;
    }

    private async Task<Answer<T>> CallAsync<T>(
        HttpRequestMessage request,
        Func<HttpResponseMessage, T?> read,
        CancellationToken stop
    )
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(CallTimeout);
        return await SendAsync<T>(request, response => read(response) is { } value ? value : Strange(), limit, stop);
    }

    private async Task<Answer<long>> CallAsync(
        HttpRequestMessage request,
        Func<HttpResponseMessage, Answer<long>> read,
        CancellationToken stop
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(CallTimeout);
        return await SendAsync(request, read, limit, stop);
    }

    private async Task<Answer<T>> SendAsync<T>(
        HttpRequestMessage request,
        Func<HttpResponseMessage, Answer<T>> read,
        CancellationTokenSource limit,
        CancellationToken stop
    )
    {
        try
        {
            Answer<HttpResponseMessage> sent = await server.SendAsync(request, limit.Token);
            if (!sent.TryGet(out HttpResponseMessage? response, out Failure? failure))
                return failure;
            using (response)
            {
                return response.IsSuccessStatusCode
                    ? read(response)
                    : await server.FailureOfAsync(response, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Failure($"{server.Server} takes nothing more.", IsTransient: true);
        }
    }

    private Answer<long> UploadOffset(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Upload-Offset", out IEnumerable<string>? values)
        && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? offset
            : Strange();

    private Failure Strange() => new($"{server.Server} did not answer as a tus server does.");

    private static HttpRequestMessage Request(HttpMethod method, Uri address)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.Add("Tus-Resumable", "1.0.0");
        return request;
    }

    private static string Pair(string key, string value) =>
        $"{key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}";
}
