using Distribution.Contracts.Links;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Distribution.Dashboard.Access;

/// <summary>OpenID Connect: authorization code with PKCE. Only who the provider says that it is is taken; no token is kept.</summary>
internal static class OpenIdHosting
{
    public const string Scheme = "openid";

    public static void AddOpenId(this AuthenticationBuilder authentication, OpenIdOptions options) =>
        authentication.AddOpenIdConnect(
            Scheme,
            openId =>
            {
                openId.Authority = options.Authority.AbsoluteUri;
                openId.ClientId = options.ClientId;
                openId.ClientSecret = options.ClientSecret;
                openId.ResponseType = OpenIdConnectResponseType.Code;
                // The answer comes by a link of the provider's page: no form of another site is posted here.
                openId.ResponseMode = OpenIdConnectResponseMode.Query;
                openId.UsePkce = true;
                openId.SaveTokens = false;
                openId.MapInboundClaims = false;
                openId.RequireHttpsMetadata = !options.Authority.IsLoopback;
                openId.SignInScheme = AccessSchemes.External;
                openId.CallbackPath = "/sign-in/openid/callback";
                openId.Scope.Clear();
                openId.Scope.Add("openid");
                openId.Scope.Add("profile");
                openId.Scope.Add("email");
                openId.CorrelationCookie.SameSite = SameSiteMode.Lax;
                openId.NonceCookie.SameSite = SameSiteMode.Lax;
                openId.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                openId.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                openId.Events.OnRedirectToIdentityProvider = context =>
                {
                    // Behind a proxy the request's own scheme and host may be others than the browser's.
                    PublicUrls urls = context.HttpContext.RequestServices.GetRequiredService<PublicUrls>();
                    context.ProtocolMessage.RedirectUri = urls.Base.TrimEnd('/') + openId.CallbackPath;
                    return Task.CompletedTask;
                };
                openId.Events.OnRemoteFailure = context =>
                {
                    context.HandleResponse();
                    context.Response.Redirect($"{AccessHosting.SignInPath}?error=openid");
                    return Task.CompletedTask;
                };
            }
        );
}
