using System.Net;
using System.Text;
using System.Text.Json;
using Distribution.Contracts.Edges;
using Distribution.EdgeSeeder;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;

namespace Distribution.Standalone.Seeding;

/// <summary>Exchanges a one-time token for a key of the node's own.</summary>
internal static class Enrolment
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    /// <summary>The node's key, kept in its folder. A server that does not answer yet is waited for.</summary>
    public static async Task<Answer<string>> EnrolAsync(EdgeOptions options, string token, CancellationToken stop)
    {
        string key;
        string nodeId;
        try
        {
            Directory.CreateDirectory(options.DataFolder);
            nodeId = EdgeNode.ReadOrCreateId(options);
            key = NodeKeyFile.Propose(options.DataFolder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Failure($"--data: {fault.Message}");
        }
        var enrolment = new EdgeEnrolment(token, nodeId, EdgeNodeKey.DigestOf(key));
        // The key is not shown: the token alone opens this door.
        using var server = new ServerClient(new Uri(options.ServerUrl), "none");
        TimeSpan retry = TimeSpan.FromMilliseconds(250);
        for (bool told = false; ; told = true)
        {
            if (await AskAsync(server, enrolment, stop) is not { } failure)
                break;
            if (!failure.IsTransient)
                return failure;
            if (!told)
                Complaint.Note($"{failure.Message} Waiting for it.");
            await Task.Delay(retry, stop);
            retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
        }
        try
        {
            NodeKeyFile.Keep(options.DataFolder);
        }
        catch (IOException fault)
        {
            return new Failure($"--data: {fault.Message}");
        }
        return key;
    }

    /// <summary>Null: enrolled.</summary>
    private static async Task<Failure?> AskAsync(ServerClient server, EdgeEnrolment enrolment, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/edge-enrolments");
        request.Headers.Authorization = null;
        request.Content = new StringContent(
            JsonSerializer.Serialize(enrolment, JsonSerializerOptions.Web),
            Encoding.UTF8,
            "application/json"
        );
        try
        {
            Answer<HttpResponseMessage> sent = await server.SendAsync(request, limit.Token);
            if (!sent.TryGet(out HttpResponseMessage? response, out Failure? failure))
                return failure;
            using (response)
            {
                if (response.IsSuccessStatusCode)
                    return null;
                return response.StatusCode == HttpStatusCode.NotFound
                    ? new Failure($"{server.Server} enrols no edges: is it of an earlier release?")
                    : await server.FailureOfAsync(response, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Failure($"{server.Server} does not answer.", IsTransient: true);
        }
    }
}
