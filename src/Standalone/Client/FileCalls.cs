using System.Net;
using System.Text.Json;

namespace Distribution.Standalone.Client;

/// <summary>The calls below <c>/api/v1/files</c>.</summary>
internal static class FileCalls
{
    private const int PageSize = 200;

    public static async Task<Answer<JsonElement>> GetFileAsync(
        this ServerClient server,
        string fileId,
        CancellationToken stop
    )
    {
        Answer<JsonElement> answer = await server.GetJsonAsync(Path(fileId), stop);
        return answer.TryGet(out JsonElement file, out Failure? failure) ? file : Named(failure, fileId, server);
    }

    public static async Task<Answer<JsonElement>> GetSwarmAsync(
        this ServerClient server,
        string fileId,
        CancellationToken stop
    )
    {
        Answer<JsonElement> answer = await server.GetJsonAsync(Path(fileId) + "/swarm", stop);
        return answer.TryGet(out JsonElement swarm, out Failure? failure) ? swarm : Named(failure, fileId, server);
    }

    /// <summary>All of the publisher's files, newest first, over as many pages as it takes.</summary>
    public static async Task<Answer<List<JsonElement>>> ListFilesAsync(this ServerClient server, CancellationToken stop)
    {
        var files = new List<JsonElement>();
        string? cursor = null;
        do
        {
            string path = $"api/v1/files?limit={PageSize}";
            if (cursor is not null)
                path += $"&cursor={Uri.EscapeDataString(cursor)}";
            Answer<JsonElement> answer = await server.GetJsonAsync(path, stop);
            if (!answer.TryGet(out JsonElement page, out Failure? failure))
                return failure;
            if (
                page.ValueKind != JsonValueKind.Object
                || !page.TryGetProperty("items", out JsonElement rows)
                || rows.ValueKind != JsonValueKind.Array
            )
                return new Failure("The server's list of files cannot be read: is it another version?");
            files.AddRange(rows.EnumerateArray());
            cursor =
                page.TryGetProperty("nextCursor", out JsonElement next) && next.ValueKind == JsonValueKind.String
                    ? next.GetString()
                    : null;
        } while (cursor is not null);
        return files;
    }

    public static async Task<Answer<string>> UnpublishAsync(
        this ServerClient server,
        string fileId,
        CancellationToken stop
    )
    {
        Answer<string> answer = await server.DeleteAsync(Path(fileId), stop);
        return answer.TryGet(out string? body, out Failure? failure) ? body : Named(failure, fileId, server);
    }

    /// <summary>A 404 says which file is missing.</summary>
    public static Failure Named(Failure failure, string fileId, ServerClient server) =>
        failure.Status == HttpStatusCode.NotFound
            ? failure with
            {
                Message = $"{server.Server} has no file \"{fileId}\".",
            }
            : failure;

    private static string Path(string fileId) => $"api/v1/files/{Uri.EscapeDataString(fileId)}";
}
