using Distribution.Contracts.Ledgers;
using Distribution.Contracts.PlainHttp;
using Distribution.Ingest.CdnLogs;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Contents.Azure;
using Distribution.Ingest.Contents.Folders;
using Distribution.Ingest.Imports;
using Distribution.Ingest.Pieces;
using Distribution.Ingest.Sends;
using Distribution.Ingest.Telemetry;
using Distribution.Ingest.Torrents;
using Distribution.Ingest.Transport;
using Distribution.Ingest.Transport.Plain;
using Distribution.Ingest.Uploads;
using Distribution.Ingest.Uploads.Parts;
using Distribution.Ingest.WebSeeds;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Distribution.Ingest;

/// <summary>How a host takes the ingest in: uploads, .torrent files, the web seed and the plain link.</summary>
public static class IngestHosting
{
    /// <summary>
    /// Adds the services. The host provides <c>IGrainFactory</c>, <c>PublicUrls</c> and the policies of <c>AccessPolicies</c>. Call it after the
    /// silo's own, so that at the end the last report is made while the silo still answers.
    /// </summary>
    /// <exception cref="OptionsValidationException">Some options are wrong; it names all of them.</exception>
    public static IHostApplicationBuilder AddIngest(this IHostApplicationBuilder builder, IngestOptions options)
    {
        ValidateOptionsResult validity = new IngestOptionsValidator().Validate(null, options);
        if (validity.Failed)
            throw new OptionsValidationException(nameof(IngestOptions), typeof(IngestOptions), validity.Failures);

        IServiceCollection services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<IngestTelemetry>();
        services.AddContentStore(options);
        services.AddSingleton(_ => new HashWorkers());
        services.AddSingleton<UploadSessions>();
        services.AddSingleton<UploadAdmission>();
        services.AddSingleton<UploadParts>();
        services.AddSingleton<UploadIntake>();
        services.AddSingleton<UploadRemover>();
        services.AddSingleton<UploadFinisher>();
        services.AddSingleton<ImportRoots>();
        services.AddSingleton<RemoteFiles>();
        services.AddSingleton<ISourceReader, PartsReader>();
        services.AddSingleton<ISourceReader, FilesReader>();
        services.AddSingleton<ISourceReader, UrlReader>();
        services.AddSingleton<ImportPlanner>();
        services.AddSingleton<ImportDesk>();
        services.AddSingleton<ImportEndpoints>();
        services.AddSingleton<SourceFeeds>();
        services.AddSingleton<UploadDesk>();
        services.AddSingleton<ReplacedFiles>();
        services.AddSingleton<TusEndpoints>();
        services.AddSingleton<UploadStages>();
        services.AddSingleton<FolderEndpoints>();
        services.AddSingleton<ServedFiles>();
        services.AddSingleton<OpenContents>();
        services.AddSingleton<WebSeedSends>();
        services.AddSingleton<WebSeedEndpoints>();
        services.AddSingleton<IPlainHandler, PlainWebSeed>();
        services.AddSingleton<TorrentEndpoint>();
        services.AddSingleton<BlockStatesEndpoint>();
        services.AddSingleton<LogImporter>();
        services.AddSingleton<LogEndpoints>();
        services.AddHostedService(provider => provider.GetRequiredService<SourceFeeds>());
        services.AddHostedService<UploadRecovery>();
        services.AddSingleton<SendReporter>();
        services.AddSingleton<IPendingSends>(static provider => provider.GetRequiredService<SendReporter>());
        services.AddHostedService(static provider => provider.GetRequiredService<SendReporter>());
        foreach (LogSource source in options.CdnLogs)
            services.AddSingleton<IHostedService>(provider =>
                ActivatorUtilities.CreateInstance<LogWatcher>(provider, FolderOf(source, options))
            );
        if (options.CountAtSocket)
            services.AddCountedTransport();
        return builder;
    }

    private static ILogFolder FolderOf(LogSource source, IngestOptions options) =>
        source.Folder is { } folder
            ? new DiskLogFolder(folder)
            : new BlobLogFolder(options.Content.Sibling(source.Container), source.Prefix);

    private static void AddContentStore(this IServiceCollection services, IngestOptions options)
    {
        if (options.Content.Folder is { } folder)
        {
            services.AddSingleton<IContentStore>(_ => new FolderContentStore(folder, options.MinFreeDiskBytes));
            return;
        }
        services.AddSingleton(options.Azure);
        services.AddSingleton(provider => new AzureContentStore(
            options.Content,
            options.Azure,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<IContentStore>(provider => provider.GetRequiredService<AzureContentStore>());
        services.AddHostedService<AzureSweepService>();
        if (options.Azure.PublicUrl is not null && options.CdnLogs.Count == 0)
            services.AddHostedService<PublicBlobsWarning>();
    }

    /// <summary>Lets Kestrel's TCP endpoints run over the transport that counts what each socket accepted.</summary>
    public static IServiceCollection AddCountedTransport(this IServiceCollection services)
    {
        // Kestrel asks the factories that were registered last first, and takes the one that can bind an endpoint.
        services.TryAddSingleton<PlainFront>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, CountedTransport>());
        return services;
    }

    /// <summary>Maps the routes: <c>/api/v1/uploads</c>, <c>/api/v1/folders</c>, <c>/api/v1/imports</c>, <c>/torrents</c>, <c>/webseed</c>, <c>/download</c>,
    /// <c>/api/v1/cdn-logs</c>.</summary>
    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder routes)
    {
        IServiceProvider services = routes.ServiceProvider;
        services.GetRequiredService<TusEndpoints>().Map(routes);
        services.GetRequiredService<UploadStages>().Map(routes);
        services.GetRequiredService<FolderEndpoints>().Map(routes);
        services.GetRequiredService<ImportEndpoints>().Map(routes);
        services.GetRequiredService<TorrentEndpoint>().Map(routes);
        services.GetRequiredService<BlockStatesEndpoint>().Map(routes);
        services.GetRequiredService<WebSeedEndpoints>().Map(routes);
        services.GetRequiredService<LogEndpoints>().Map(routes);
        return routes;
    }
}
