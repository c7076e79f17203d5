using System.Security.Claims;
using System.Text.Encodings.Web;
using Distribution.Contracts.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>Fulfils the access policies with two fixed bearer keys.</summary>
internal sealed class TestKeys(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Publisher = "publisher-key";
    public const string Edge = "edge-key";

    private const string Scheme_ = "keys";

    public static void Add(IServiceCollection services)
    {
        services.AddAuthentication(Scheme_).AddScheme<AuthenticationSchemeOptions, TestKeys>(Scheme_, null);
        services
            .AddAuthorizationBuilder()
            .AddPolicy(AccessPolicies.Upload, p => p.AddAuthenticationSchemes(Scheme_).RequireRole("publisher"))
            .AddPolicy(AccessPolicies.Edge, p => p.AddAuthenticationSchemes(Scheme_).RequireRole("edge"));
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? role = Request.Headers.Authorization.ToString() switch
        {
            "Bearer " + Publisher => "publisher",
            "Bearer " + Edge => "edge",
            _ => null,
        };
        if (role is null)
            return Task.FromResult(AuthenticateResult.NoResult());
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.Role, role),
                new Claim(AccessClaims.Publisher, "default"),
                new Claim(AccessClaims.Permission, AccessPolicies.Manage),
            ],
            Scheme_
        );
        return Task.FromResult(
            AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme_))
        );
    }
}
