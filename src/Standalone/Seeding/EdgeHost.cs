using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Distribution.EdgeSeeder;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Serving;
using Microsoft.Extensions.Options;

namespace Distribution.Standalone.Seeding;

/// <summary>An edge seeder alone in its process.</summary>
internal static class EdgeHost
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(8);

    /// <summary>Runs until a signal. A server that does not answer yet is waited for; a key that it refuses is not.</summary>
    public static async Task<int> RunAsync(EdgeOptions options, CancellationToken stop)
    {
        Failure? failure;
        try
        {
            failure = await ProbeAsync(options, stop);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Complaint.Fail($"--data: {fault.Message}");
        }
        if (failure is { IsTransient: false })
            return Complaint.Fail(failure.Message);
        if (failure is not null)
            await Console.Error.WriteLineAsync($"distribution: {failure.Message} Waiting for it.");

        HostApplicationBuilder builder = Host.CreateApplicationBuilder(HostArguments.ReadSettingsOnce);
        builder.AddProgramLogging();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddEdgeTelemetry();
        builder.AddEdgeEngines();
        builder.AddEdgeSeeder(options);
        using IHost host = builder.Build();
        try
        {
            await host.StartAsync(stop);
        }
        catch (OptionsValidationException fault)
        {
            return Complaint.Fail(string.Join(' ', fault.Failures));
        }
        catch (SocketException fault)
        {
            return Complaint.Fail($"--port: {options.Port} cannot be used: {fault.Message}.");
        }
        catch (IOException fault)
        {
            return Complaint.Fail($"--data: {fault.Message}");
        }
        Console.Out.WriteLine(
            $"Edge {host.Services.GetRequiredService<EdgeNode>().NodeId} seeds at port {options.Port} for {options.ServerUrl}"
        );
        await host.WaitForShutdownAsync(stop);
        return ExitStatus.Done;
    }

    /// <summary>Asks whether the server takes the key, with a heartbeat that says nothing and so changes nothing.</summary>
    private static async Task<Failure?> ProbeAsync(EdgeOptions options, CancellationToken stop)
    {
        using var server = new ServerClient(new Uri(options.ServerUrl), options.EdgeKey);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"api/v1/edge/{Uri.EscapeDataString(EdgeNode.ReadOrCreateId(options))}/heartbeat"
        );
        request.Content = new StringContent("", MediaTypeHeaderValue.Parse("application/json"));
        try
        {
            Answer<HttpResponseMessage> sent = await server.SendAsync(request, limit.Token);
            if (!sent.TryGet(out HttpResponseMessage? response, out Failure? failure))
                return failure;
            using (response)
            {
                return response.StatusCode switch
                {
                    HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new Failure(
                        $"{options.ServerUrl} refused the edge key: it is not known, was replaced, or its node was retired."
                    ),
                    HttpStatusCode.NotFound => new Failure($"{options.ServerUrl} takes no edges."),
                    _ => null,
                };
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Failure($"{options.ServerUrl} does not answer.", IsTransient: true);
        }
    }
}
