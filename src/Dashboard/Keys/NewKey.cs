using Distribution.Contracts.Accounts;

namespace Distribution.Dashboard.Keys;

/// <param name="Secret">Shown this once.</param>
internal sealed record NewKey(ApiKey Key, string Secret);
