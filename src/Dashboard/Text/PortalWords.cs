using System.Collections;
using System.Globalization;
using System.Resources;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;

namespace Distribution.Dashboard.Text;

/// <summary>The portal's words in the language of the request (<see cref="PortalLanguages"/>).</summary>
internal sealed class PortalWords(IHttpContextAccessor http) : IStringLocalizer<PortalText>
{
    private static readonly ResourceManager German = new(
        "Distribution.Dashboard.Text.PortalText.German",
        typeof(PortalText).Assembly
    );

    private ResourceManager? Words => PortalLanguages.Of(http.HttpContext) == PortalLanguages.German ? German : null;

    public LocalizedString this[string name]
    {
        get
        {
            string? found = Words?.GetString(name, CultureInfo.InvariantCulture);
            return new LocalizedString(name, found ?? name, resourceNotFound: found is null);
        }
    }

    public LocalizedString this[string name, params object[] arguments]
    {
        get
        {
            LocalizedString pattern = this[name];
            return new LocalizedString(
                name,
                string.Format(CultureInfo.InvariantCulture, pattern.Value, arguments),
                pattern.ResourceNotFound
            );
        }
    }

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) =>
        German
            .GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>()
            .Select(static word => new LocalizedString((string)word.Key, (string)word.Value!));
}
