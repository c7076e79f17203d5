using Distribution.Dashboard.Access;
using Distribution.Dashboard.Api;
using Distribution.Dashboard.Files;
using Distribution.Dashboard.Idempotency;
using Distribution.Dashboard.Limits;
using Distribution.Dashboard.Live;
using Distribution.Dashboard.Operating;
using Distribution.Dashboard.Pages;
using Distribution.Dashboard.Reference;
using Distribution.Dashboard.Reports;
using Distribution.Dashboard.Security;
using Distribution.Dashboard.Settings;
using Distribution.Dashboard.Text;
using Distribution.Dashboard.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace Distribution.Dashboard;

/// <summary>Puts the portal, the REST API, the viewer's page and access into a host.</summary>
public static class DashboardHosting
{
    /// <summary>
    /// Also registers the authentication schemes and the policies of <see cref="Contracts.Access.AccessPolicies"/> for all other parts.
    /// The host provides <see cref="Contracts.Links.PublicUrls"/> and <see cref="IGrainFactory"/>.
    /// </summary>
    /// <exception cref="OptionsValidationException">Settings that cannot be used; all of them are named.</exception>
    public static WebApplicationBuilder AddDashboard(this WebApplicationBuilder builder, DashboardOptions options)
    {
        IReadOnlyList<string> errors = options.Validate();
        if (errors.Count > 0)
            throw new OptionsValidationException(nameof(DashboardOptions), typeof(DashboardOptions), errors);
        UseOwnAssets(builder);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options);
        builder.Services.AddScoped<PublisherFiles>();
        builder.Services.AddScoped<PublisherReports>();
        builder.Services.AddScoped<PublisherCollections>();
        builder.Services.AddScoped<PublisherHoldout>();
        builder.Services.AddScoped<ReportSources>();
        builder.Services.AddSingleton<LiveSwarms>();
        builder.Services.AddScoped<PeerSwitching>();
        builder.Services.AddScoped<PublisherQuotas>();
        builder.Services.AddScoped<Takedowns>();
        builder.Services.AddScoped<EdgeControl>();
        builder.Services.AddScoped<IStringLocalizer<PortalText>, PortalWords>();
        builder.Services.AddSingleton(_ => new RateLimits(options.RateLimits));
        builder.Services.AddSingleton<WebhookSecrets>();
        builder.Services.AddSingleton<WebhookClient>();
        builder.Services.AddScoped<PublisherWebhooks>();
        builder.Services.AddScoped<SettingsOfPublisher>();
        builder.Services.AddSingleton<ApiReference>();
        builder.Services.AddHostedService<WebhookSender>();
        builder.Services.AddAccess(options);
        builder.Services.AddApi();
        builder.Services.AddPages();
        return builder;
    }

    /// <summary>Call it before the other parts are mapped: its middleware then covers their errors too.</summary>
    public static WebApplication MapDashboard(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseExceptionHandler(
            new ExceptionHandlerOptions
            {
                // FaultHandler answers all; this is the last resort that the middleware asks for.
                ExceptionHandler = _ => Task.CompletedTask,
                // Handled or not, a fault belongs in the log.
                SuppressDiagnosticsCallback = _ => false,
            }
        );
        app.UseNotFoundAnswers();
        app.UseAuthentication();
        app.UseRateLimits();
        app.UseAuthorization();
        app.UseMiddleware<IdempotentPosts>();
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapApi();
        app.MapPages();
        return app;
    }

    // The host looks for static files below the working directory and, built but not published, only in Development. This program
    // is started from anywhere.
    private static void UseOwnAssets(WebApplicationBuilder builder)
    {
        StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);
        string published = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (Directory.Exists(published) && !builder.Environment.IsServing(published))
        {
            builder.Environment.WebRootFileProvider = new CompositeFileProvider(
                new PhysicalFileProvider(published),
                builder.Environment.WebRootFileProvider
            );
        }
    }

    private static bool IsServing(this IWebHostEnvironment environment, string folder) =>
        string.Equals(environment.WebRootPath, folder, StringComparison.Ordinal);
}
