using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Access;

namespace Distribution.Dashboard.Api;

/// <param name="Provider">The issuer.</param>
/// <param name="Name">As the provider says it.</param>
internal sealed record LoginResource(string Id, string Provider, string Name)
{
    public static LoginResource Of(AccountLogin login) =>
        new(OwnAccount.IdOf(login), login.Provider, login.DisplayName);
}
