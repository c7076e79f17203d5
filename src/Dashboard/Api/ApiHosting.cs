using Distribution.Contracts.Access;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Distribution.Dashboard.Api;

/// <summary>The REST API below <c>/api/v1</c> and its description.</summary>
internal static class ApiHosting
{
    public const string Root = "/api";

    public static void AddApi(this IServiceCollection services)
    {
        services.AddOpenApi(
            "v1",
            openApi => openApi.AddDocumentTransformer(DescribeAsync).AddOperationTransformer<CommonParts>()
        );
    }

    public static void MapApi(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        RouteGroupBuilder v1 = app.MapGroup(Root + "/v1").RequireAuthorization(AccessPolicies.Read).WithEntityTags();
        v1.MapFiles();
        v1.MapLive();
        v1.MapReports();
        v1.MapCollections();
        v1.MapHoldout();
        v1.MapReportFiles();
        v1.MapStatements();
        v1.MapContracts();
        v1.MapLedger();
        v1.MapAccess();
        v1.MapSettings();
        RouteGroupBuilder own = app.MapGroup(Root + "/v1")
            .RequireAuthorization(AccessPolicies.Administer)
            .WithEntityTags();
        own.MapMembers();
        own.MapKeys();
        own.MapWebhooks();
        own.MapSettingsChange();
        own.MapAudit();
        RouteGroupBuilder account = app.MapGroup(AccountEndpoints.Root)
            .RequireAuthorization(AccessHosting.OwnAccountOnly);
        account.MapSessions();
        account.MapLogins();
        RouteGroupBuilder taggedAccount = account.MapGroup("").WithEntityTags();
        taggedAccount.MapAccount();
        taggedAccount.MapPasskeys();
        RouteGroupBuilder server = app.MapGroup(Root + "/v1")
            .RequireAuthorization(AccessPolicies.Operate)
            .WithEntityTags();
        server.MapSignInLinks();
        server.MapPublishers();
        server.MapServerPeers();
        server.MapTakedowns();
        server.MapEdgeStates();
    }

    private static Task DescribeAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        const string scheme = "key";
        const string session = CommonParts.SessionScheme;
        document.Info.Title = "Distribution";
        document.Info.Description = "Publish files to BitTorrent swarms with a web seed, and read what peers saved.";
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The API key.",
            },
            [session] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = AccessHosting.CookieName,
                Description = "The cookie of whoever signed in to the portal.",
            },
        };
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, document)] = [] },
        ];
        return Task.CompletedTask;
    }
}
